import { randomUUID } from "node:crypto";
import type { RedisClient } from "./connection.ts";

const checkMs = 3000;

/**
 * Notices that Redis lost its contents (flushed, or restarted without persistence): a marker key is then gone or
 * another one. Calls `onLoss` after each loss.
 */
export class LossDetector {
  readonly #redis: RedisClient;
  readonly #key: string;
  readonly #onLoss: () => void;
  readonly #timer: NodeJS.Timeout;
  readonly #check = () => void this.check().catch(() => undefined);
  #marker: string | undefined;

  constructor(redis: RedisClient, key: string, onLoss: () => void) {
    this.#redis = redis;
    this.#key = key;
    this.#onLoss = onLoss;
    this.#timer = setInterval(this.#check, checkMs).unref();
    redis.on("ready", this.#check);
  }

  async check(): Promise<void> {
    if (this.#redis.status !== "ready") return;
    await this.#redis.set(this.#key, randomUUID(), "NX");
    const marker = (await this.#redis.get(this.#key)) ?? undefined;
    const lost = this.#marker !== undefined && marker !== this.#marker;
    this.#marker = marker;
    if (lost) this.#onLoss();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#redis.off("ready", this.#check);
  }
}
