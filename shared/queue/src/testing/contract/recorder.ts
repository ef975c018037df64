import { vi } from "vitest";
import type { WorkHandler, WorkItem } from "../../port.ts";

type Result = Awaited<ReturnType<WorkHandler>>;

interface Run {
  item: WorkItem;
  succeed(result?: Result): void;
  fail(): void;
}

/** A handler whose runs the test ends one by one, and which notices two runs of one key at once. */
export class Recorder {
  readonly runs: Run[] = [];
  readonly overlaps: string[] = [];
  readonly #running = new Set<string>();

  readonly handler: WorkHandler = async (item) => {
    if (this.#running.has(item.key)) this.overlaps.push(item.key);
    this.#running.add(item.key);
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.runs.push({ item, succeed: resolve, fail: () => reject(new Error("told to fail")) });
    try {
      return await promise;
    } finally {
      this.#running.delete(item.key);
    }
  };

  /** The run number `index` (from 0), once it has begun. */
  async run(index: number, timeout = 25_000): Promise<Run> {
    return vi.waitFor(
      () => {
        const run = this.runs[index];
        if (!run) throw new Error(`only ${this.runs.length} runs began, want run ${index}`);
        return run;
      },
      { timeout, interval: 5 },
    );
  }

  get items(): WorkItem[] {
    return this.runs.map((run) => run.item);
  }
}
