import type { QueueKey } from "../port.ts";

/** About 10 MB of keys; a cluster with more objects than that waits for its resync. */
const mostKeys = 100_000;
const retryMs = 1000;

/** Hints that could not reach Redis yet: each key once, sent again when it may work. */
export class ParkedHints {
  readonly #send: (key: QueueKey, reason: string) => Promise<void>;
  readonly #reachable: () => boolean;
  #parked = new Map<QueueKey, string>();
  #retry: NodeJS.Timeout | undefined;
  #dropped = 0;

  constructor(send: (key: QueueKey, reason: string) => Promise<void>, reachable: () => boolean) {
    this.#send = send;
    this.#reachable = reachable;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** Sends the hint, or keeps it for later; never rejects. */
  async add(key: QueueKey, reason: string): Promise<void> {
    if (!this.#reachable()) return this.#park(key, reason);
    try {
      await this.#send(key, reason);
    } catch {
      this.#park(key, reason);
    }
  }

  /** Tries all parked hints now. */
  async flush(): Promise<void> {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    const hints = this.#parked;
    this.#parked = new Map();
    await Promise.all([...hints].map(([key, reason]) => this.add(key, reason)));
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#dropped += this.#parked.size;
    this.#parked.clear();
  }

  #park(key: QueueKey, reason: string): void {
    if (this.#parked.size >= mostKeys && !this.#parked.has(key)) {
      this.#dropped += 1;
      return;
    }
    this.#parked.set(key, reason);
    this.#retry ??= setTimeout(() => this.flush(), retryMs).unref();
  }
}
