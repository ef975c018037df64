/** How fast one key may act: `perSecond` in the long run, `burst` at once. */
export interface Rate {
  perSecond: number;
  burst: number;
}

/** How many keys are remembered; the one that was quiet longest is forgotten first. */
const MAX_KEYS = 20_000;

interface Bucket {
  tokens: number;
  /** Milliseconds of `now`. */
  at: number;
}

/** One token bucket for each key, in bounded memory. */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();
  readonly #rate: Rate;
  readonly #now: () => number;

  constructor(rate: Rate, now: () => number) {
    this.#rate = rate;
    this.#now = now;
  }

  /** Takes a token of `key`; 0 when there was one, else the seconds until the next. */
  take(key: string): number {
    const { perSecond, burst } = this.#rate;
    const at = this.#now();
    const last = this.#buckets.get(key) ?? { tokens: burst, at };
    const tokens = Math.min(burst, last.tokens + ((at - last.at) / 1000) * perSecond);
    this.#remember(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at });
    return tokens >= 1 ? 0 : (1 - tokens) / perSecond;
  }

  #remember(key: string, bucket: Bucket): void {
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    const oldest = this.#buckets.keys().next();
    if (this.#buckets.size > MAX_KEYS && !oldest.done) this.#buckets.delete(oldest.value);
  }
}
