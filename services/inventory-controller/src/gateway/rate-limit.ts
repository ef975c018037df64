interface Bucket {
  tokens: number;
  /** Milliseconds, of the clock that was passed. */
  filledAt: number;
}

export interface RateLimitOptions {
  /** Requests that may come at once. */
  burst: number;
  perSecond: number;
}

/** Token buckets, one per key. Full buckets are forgotten. */
export class RateLimit {
  readonly #buckets = new Map<string, Bucket>();
  readonly #options: RateLimitOptions;

  constructor(options: RateLimitOptions) {
    this.#options = options;
  }

  /** Whether one more request of `key` is within its limit at `nowMs`. */
  allows(key: string, nowMs: number): boolean {
    const { burst } = this.#options;
    const bucket = this.#buckets.get(key) ?? { tokens: burst, filledAt: nowMs };
    bucket.tokens = this.#refilled(bucket, nowMs);
    bucket.filledAt = nowMs;
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  /** Forgets buckets that are full again. */
  sweep(nowMs: number): void {
    for (const [key, bucket] of this.#buckets) {
      if (this.#refilled(bucket, nowMs) >= this.#options.burst) this.#buckets.delete(key);
    }
  }

  #refilled({ tokens, filledAt }: Bucket, nowMs: number): number {
    const { burst, perSecond } = this.#options;
    return Math.min(burst, tokens + ((nowMs - filledAt) / 1000) * perSecond);
  }
}
