/** The longest delay a Node.js timer takes; a longer wait fires early, which a work queue may. */
const longestMs = 2 ** 31 - 1;

/** One pending callback per key; setting a key again replaces its callback. They do not keep the process alive. */
export class Timers {
  readonly #pending = new Map<string, NodeJS.Timeout>();

  get size(): number {
    return this.#pending.size;
  }

  set(key: string, afterMs: number, fire: () => void): void {
    this.cancel(key);
    const timer = setTimeout(
      () => {
        this.#pending.delete(key);
        fire();
      },
      Math.min(afterMs, longestMs),
    );
    this.#pending.set(key, timer.unref());
  }

  cancel(key: string): void {
    clearTimeout(this.#pending.get(key));
    this.#pending.delete(key);
  }

  clear(): void {
    for (const key of [...this.#pending.keys()]) this.cancel(key);
  }
}
