import type { Logger } from "../log/logger.ts";

/** Ends parts of a process in the reverse of the order in which they began, all together within a deadline. */
export class Closers {
  readonly #log: Logger;
  readonly #closers: { part: string; close: () => Promise<void> }[] = [];
  #closing: Promise<boolean> | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  add(part: string, close: () => Promise<void>): void {
    this.#closers.push({ part, close });
  }

  /** Closes every part, also after one failed. Resolves to whether all ended well and in time; later calls join the first. */
  closeAll(deadlineMs: number): Promise<boolean> {
    this.#closing ??= this.#closeAll(deadlineMs);
    return this.#closing;
  }

  async #closeAll(deadlineMs: number): Promise<boolean> {
    const { promise: late, resolve } = Promise.withResolvers<"late">();
    const timer = setTimeout(() => resolve("late"), deadlineMs);
    let well = true;
    for (const { part, close } of this.#closers.reverse()) {
      const closed = close().then(
        () => "closed" as const,
        (error: unknown) => this.#log.error({ part, error }, "closing failed"),
      );
      const outcome = await Promise.race([closed, late]);
      if (outcome === "late") this.#log.error({ part, deadlineMs }, "not closed in time");
      well &&= outcome === "closed";
    }
    clearTimeout(timer);
    return well;
  }
}
