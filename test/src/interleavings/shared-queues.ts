import type { QueueFactory, QueueStats, Resync, RunningWorker, WorkHandler, WorkQueue } from "@elemental/queue";

interface Worker {
  process: string;
  queue: string;
  handler: WorkHandler;
  resync: Resync | undefined;
}

/** One run of a key. Its end counts only while it is the run of its key. */
interface Run {
  worker: Worker;
}

/** `queue key` of one piece of work. */
type Id = string;

const firstBackoffMs = 1_000;
const mostBackoffMs = 60_000;

/** The queues that several processes share, as they share a Redis. A test starts each run, and may lose everything. */
export class SharedQueues {
  readonly #workers = new Set<Worker>();
  readonly #ready = new Map<Id, string>();
  readonly #running = new Map<Id, Run>();
  readonly #dirty = new Map<Id, string>();
  readonly #failures = new Map<Id, number>();
  /** When a key is ready again after a wait or a failure. */
  readonly #due = new Map<Id, number>();

  factory(process: string): QueueFactory {
    return {
      queue: (name) => this.#queue(process, name),
      healthy: async () => true,
      close: async () => {},
    };
  }

  /** Keys that can be run now. */
  get ready(): Id[] {
    for (const [id, at] of this.#due) {
      if (at <= Date.now()) this.#enqueue(id, "timer");
    }
    return [...this.#ready.keys()];
  }

  get running(): Id[] {
    return [...this.#running.keys()];
  }

  /** When the next wait ends. */
  get nextDue(): number | undefined {
    return this.#due.size === 0 ? undefined : Math.min(...this.#due.values());
  }

  /** Starts a run of a ready key in one of the processes; `pick` chooses which. */
  run(id: Id, pick: number): void {
    const [queue = "", key = ""] = id.split(" ");
    const workers = [...this.#workers].filter((worker) => worker.queue === queue);
    const worker = workers[pick % workers.length];
    const reason = this.#ready.get(id);
    if (!worker || reason === undefined) return;
    this.#ready.delete(id);
    const run = { worker };
    this.#running.set(id, run);
    const failures = this.#failures.get(id) ?? 0;
    worker.handler({ key, reason, failures }).then(
      (result) => this.#ended(id, run, { failures: 0, afterMs: result?.requeueAfterMs }),
      () => this.#ended(id, run, { failures: failures + 1, afterMs: backoff(failures) }),
    );
  }

  /** The lock of a run is taken for lost: its key is run again, maybe while the first run goes on. */
  loseLock(id: Id): void {
    if (this.#running.delete(id)) this.#enqueue(id, "stalled");
  }

  /** The process ended without a word. */
  crash(process: string): void {
    for (const worker of this.#workers) if (worker.process === process) this.#workers.delete(worker);
    for (const [id, { worker }] of this.#running) if (worker.process === process) this.loseLock(id);
  }

  /** Everything stored is gone; the processes notice and queue what their caches have. */
  flush(): void {
    for (const content of [this.#ready, this.#running, this.#dirty, this.#failures, this.#due]) content.clear();
    this.resync();
  }

  resync(): void {
    for (const { queue, resync } of this.#workers) {
      for (const key of resync?.keys() ?? []) this.#enqueue(`${queue} ${key}`, "resync");
    }
  }

  #queue(process: string, name: string): WorkQueue {
    return {
      name,
      add: async (key, reason) => this.#enqueue(`${name} ${key}`, reason),
      process: (handler, { resync }) => this.#work({ process, queue: name, handler, resync }),
      stats: async (): Promise<QueueStats> => ({ waiting: this.#ready.size, active: 0, delayed: 0, dropped: 0 }),
      close: async () => {},
    };
  }

  #work(worker: Worker): RunningWorker {
    this.#workers.add(worker);
    return { close: async () => void this.#workers.delete(worker) };
  }

  #enqueue(id: Id, reason: string): void {
    if (this.#running.has(id)) {
      this.#dirty.set(id, reason);
      return;
    }
    this.#due.delete(id);
    if (!this.#ready.has(id)) this.#ready.set(id, reason);
  }

  #ended(id: Id, run: Run, { failures, afterMs }: { failures: number; afterMs: number | undefined }): void {
    if (this.#running.get(id) !== run) return;
    this.#running.delete(id);
    this.#failures.set(id, failures);
    if (afterMs !== undefined) this.#due.set(id, Date.now() + afterMs);
    const dirty = this.#dirty.get(id);
    this.#dirty.delete(id);
    if (dirty !== undefined) this.#enqueue(id, dirty);
  }
}

function backoff(failures: number): number {
  return Math.min(firstBackoffMs * 2 ** failures, mostBackoffMs);
}
