import { setTimeout as sleep } from "node:timers/promises";
import { isKubeError, type KubeError } from "../errors.ts";

const firstDelayMs = 100;
const maxDelayMs = 5_000;

// Failures before anything was sent.
const unsent = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
]);

export interface RetryPolicy {
  /** Whether the request may be sent again after a failure that leaves open whether it was carried out. */
  idempotent: boolean;
  deadlineMs: number;
  signal: AbortSignal;
}

/** Repeats what may be repeated, with backoff or as the server asks, until the deadline would pass. */
export async function withRetries<T>(policy: RetryPolicy, attempt: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + policy.deadlineMs;
  for (let failures = 0; ; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isKubeError(error) || !mayRepeat(error, policy)) throw error;
      // Never before the server wants it.
      const delayMs = error.retryAfterMs ?? Math.min(maxDelayMs, firstDelayMs * 2 ** failures);
      const jitteredMs = delayMs * (1 + Math.random() / 2);
      if (policy.signal.aborted || Date.now() + jitteredMs > deadline) throw error;
      await sleep(jitteredMs, undefined, { signal: policy.signal }).catch(() => {});
    }
  }
}

function mayRepeat(error: KubeError, { idempotent }: RetryPolicy): boolean {
  // The API server turns a request away with 429 before it does anything.
  if (error.code === "TooManyRequests") return true;
  if (error.code !== "Unavailable") return false;
  return idempotent || (error.status === 0 && unsent.has(systemCode(error.cause)));
}

function systemCode(cause: unknown): string {
  const { code, cause: deeper } = (cause ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code === "string") return code;
  return deeper === undefined ? "" : systemCode(deeper);
}
