import { setTimeout as delay } from "node:timers/promises";
import { ClientError } from "../errors.ts";
import type { Log } from "../output/log.ts";

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;

/** A server may ask for more patience than this, but a machine should not seem dead. */
const LONGEST_RETRY_AFTER_MS = 300_000;

/**
 * How long to wait after failed attempt number `attempt` (from 1): doubling with half of it random, so that machines that
 * lost the server together do not come back together; never less than the server asked for.
 */
export function retryDelay(attempt: number, retryAfterMs: number | undefined, random: number): number {
  const exponential = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), LONGEST_DELAY_MS);
  const asked = Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS);
  return asked + exponential * (0.5 + random / 2);
}

export interface RetryOptions {
  /** Milliseconds from now during which a new attempt may begin; 0 allows one attempt. */
  budgetMs: number;
  log: Log;
  wait?: (ms: number) => Promise<unknown>;
  random?: () => number;
  now?: () => number;
}

/** Repeats `attempt` while it fails as `Unreachable` and the budget lasts; the last failure is passed on. */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { budgetMs, log, wait = delay, random = Math.random, now = Date.now } = options;
  const deadline = now() + budgetMs;
  for (let count = 1; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      const passing = error instanceof ClientError && error.code === "Unreachable";
      if (!passing || now() >= deadline) throw error;
      const ms = retryDelay(count, error.retryAfterMs, random());
      const seconds = Math.max(1, Math.round(ms / 1000));
      log.step("wait", `${error.message}; trying again in ${seconds} s`, { attempt: count, delayMs: Math.round(ms) });
      await wait(ms);
    }
  }
}
