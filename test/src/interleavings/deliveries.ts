/** Events of watches that have not reached the caches of their processes yet: of each watch the next one. */
export class Deliveries {
  #held: { process: string; resolve(): void }[] = [];

  /** How many events can reach the processes other than `lagging`. */
  count(lagging?: string): number {
    return this.#held.filter(({ process }) => process !== lagging).length;
  }

  /** Resolves when the next event of a watch may reach the process. */
  wait(process: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held.push({ process, resolve });
    return promise;
  }

  deliver(index: number, lagging?: string): void {
    const held = this.#held.filter(({ process }) => process !== lagging)[index];
    this.#held = this.#held.filter((other) => other !== held);
    held?.resolve();
  }

  abandon(process: string): void {
    this.#held = this.#held.filter((held) => held.process !== process);
  }
}
