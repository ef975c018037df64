/** A commit within this time leaves room for more at once; one that takes longer than the other asks for fewer. */
const quickMs = 1000;
const slowMs = 3000;

/** Conversations at once: at the start, and at the least. */
const initialLimit = 100;
const leastLimit = 16;

/** A machine that has not sent what it has to say by then is slow itself, and is no work for us meanwhile. */
const hesitationMs = 2000;

/** Unless we notice it this much too late: then it is we who are slow. */
const lagMs = 100;

/** How much one machine changes what is believed about the rate. */
const learningRate = 0.02;

/** How far in the future a machine is told to come back: well within the 5 minutes of a client. */
const soonestMs = 1000;
const latestMs = 120_000;

/** What one admitted machine has to be counted for. */
export interface Visit {
  /** Does the work for the machine, whose time tells how many machines can be served at once. */
  work<T>(task: () => Promise<T>): Promise<T>;
  /** Safe to call twice. */
  leave(): void;
}

/**
 * Learns how many machines can be served at once so that each is answered long before it gives up: more while work is
 * quick, fewer when it becomes slow, as TCP does with its window. Whoever is turned away is told a turn of its own.
 */
export class Pace {
  readonly #most: number;
  readonly #now: () => number;
  #limit: number;
  #inside = 0;
  #lastCutAt = Number.NEGATIVE_INFINITY;
  #perSecond = 50;
  #lastTurnAt = 0;

  constructor(most: number, now: () => number) {
    this.#most = most;
    this.#now = now;
    this.#limit = Math.min(most, initialLimit);
  }

  get full(): boolean {
    return this.#inside >= this.#limit;
  }

  get limit(): number {
    return this.#limit;
  }

  enter(): Visit {
    let counted = false;
    const count = (inside: boolean) => {
      if (inside !== counted) this.#inside += inside ? 1 : -1;
      counted = inside;
    };
    count(true);
    const enteredAt = this.#now();
    const hesitation = this.#hesitation(() => count(false));
    return {
      work: async (task) => {
        const start = hesitation.end() ? enteredAt : this.#now();
        count(true);
        const others = this.#inside;
        try {
          return await task();
        } finally {
          this.#worked(this.#now() - start, Math.max(others, this.#inside));
          count(false);
        }
      },
      leave: () => {
        if (hesitation.end() && counted) this.#worked(this.#now() - enteredAt, this.#inside);
        count(false);
      },
    };
  }

  /** Calls `give` once the machine hesitates; `end` tells whether it was kept waiting by us instead, at its first call. */
  #hesitation(give: () => void): { end(): boolean } {
    let ours = false;
    let dueAt = 0;
    const wait = () => {
      dueAt = this.#now() + hesitationMs;
      return setTimeout(look, hesitationMs).unref();
    };
    const look = () => {
      if (this.#now() - dueAt < lagMs) return give();
      ours = true;
      timer = wait();
    };
    let timer = wait();
    return {
      end() {
        clearTimeout(timer);
        const was = ours;
        ours = false;
        return was;
      },
    };
  }

  /** The turn of the next machine that is turned away, in whole seconds from now: as many per second as can be served. */
  nextTurnSeconds(): number {
    const now = this.#now();
    const turn = Math.max(now + soonestMs, this.#lastTurnAt) + 1000 / this.#perSecond;
    this.#lastTurnAt = Math.min(turn, now + latestMs);
    // Beyond the last turn there is no order left, but they should not come together either.
    const at = turn < now + latestMs ? turn : now + (latestMs * (1 + Math.random())) / 2;
    return Math.ceil((at - now) / 1000);
  }

  #worked(ms: number, atOnce: number): void {
    // As many as are inside are served in the time that one is inside.
    const perSecond = (atOnce * 1000) / Math.max(1, ms);
    this.#perSecond += (perSecond - this.#perSecond) * learningRate;
    const now = this.#now();
    if (ms < quickMs) {
      // A limit that nobody reaches teaches nothing.
      if (this.#inside >= this.#limit / 2) this.#limit = Math.min(this.#most, this.#limit + 1);
    } else if (ms > slowMs && now - this.#lastCutAt > slowMs) {
      this.#lastCutAt = now;
      this.#limit = Math.min(this.#most, Math.max(leastLimit, Math.floor(this.#limit * 0.7)));
    }
  }
}
