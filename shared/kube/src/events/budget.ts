const burst = 25;
const refillMs = 300_000;
const maxObjects = 10_000;

/**
 * How many event writes an object may cause: 25 at once, then one every five minutes, as in client-go. A hot object
 * cannot drown the others, nor the API server.
 */
export class EventBudget {
  readonly #spent = new Map<string, { tokens: number; at: number }>();

  /** Takes one write for `uid`; false when there is none left. */
  take(uid: string, now: number): boolean {
    const last = this.#spent.get(uid) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, last.tokens + (now - last.at) / refillMs);
    this.#spent.delete(uid);
    if (this.#spent.size >= maxObjects) this.#forgetOldest();
    this.#spent.set(uid, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    return tokens >= 1;
  }

  #forgetOldest(): void {
    const oldest = this.#spent.keys().next();
    if (!oldest.done) this.#spent.delete(oldest.value);
  }
}
