import { type Backoff, backoffMs } from "../backoff.ts";
import type { ProcessOptions, QueueKey, QueueStats, RunningWorker, WorkHandler, WorkQueue } from "../port.ts";
import { Timers } from "./timers.ts";

interface Worker {
  handler: WorkHandler;
  concurrency: number;
  runs: Set<Promise<void>>;
}

/** The work queue in one process. A key is in at most one of `ready`, `running` and `backingOff`. */
export class MemoryQueue implements WorkQueue {
  readonly name: string;
  readonly #backoff: Backoff;
  /** Keys to run, in order of arrival, with the reason of the first event. */
  readonly #ready = new Map<QueueKey, string>();
  readonly #running = new Set<QueueKey>();
  /** Running keys that had an event since their run began. */
  readonly #dirty = new Map<QueueKey, string>();
  readonly #failures = new Map<QueueKey, number>();
  readonly #backingOff = new Timers();
  readonly #requeues = new Timers();
  readonly #workers = new Set<Worker>();
  #closed = false;

  constructor(name: string, backoff: Backoff) {
    this.name = name;
    this.#backoff = backoff;
  }

  async add(key: QueueKey, reason: string): Promise<void> {
    this.#enqueue(key, reason);
  }

  process(handler: WorkHandler, options: ProcessOptions): RunningWorker {
    const worker: Worker = { handler, concurrency: options.concurrency, runs: new Set() };
    this.#workers.add(worker);
    const { resync } = options;
    const resyncing = resync && setInterval(() => this.#resync(resync.keys), resync.everyMs).unref();
    this.#dispatch();
    return {
      close: async () => {
        clearInterval(resyncing);
        this.#workers.delete(worker);
        await Promise.all(worker.runs);
      },
    };
  }

  async stats(): Promise<QueueStats> {
    const delayed = this.#backingOff.size + this.#requeues.size;
    return { waiting: this.#ready.size, active: this.#running.size, delayed, dropped: 0 };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#backingOff.clear();
    this.#requeues.clear();
    const runs = [...this.#workers].flatMap((worker) => [...worker.runs]);
    this.#workers.clear();
    await Promise.all(runs);
  }

  #resync(keys: () => Iterable<QueueKey>): void {
    for (const key of keys()) this.#enqueue(key, "resync");
  }

  #enqueue(key: QueueKey, reason: string): void {
    if (this.#closed) return;
    if (this.#running.has(key)) {
      this.#dirty.set(key, reason);
      return;
    }
    this.#backingOff.cancel(key);
    if (!this.#ready.has(key)) this.#ready.set(key, reason);
    this.#dispatch();
  }

  #dispatch(): void {
    for (const worker of this.#workers) {
      for (const [key, reason] of this.#ready) {
        if (worker.runs.size >= worker.concurrency) break;
        this.#start(worker, key, reason);
      }
    }
  }

  #start(worker: Worker, key: QueueKey, reason: string): void {
    this.#ready.delete(key);
    this.#running.add(key);
    const run = this.#run(worker.handler, key, reason).then(() => {
      worker.runs.delete(run);
      this.#dispatch();
    });
    worker.runs.add(run);
  }

  async #run(handler: WorkHandler, key: QueueKey, reason: string): Promise<void> {
    const failures = this.#failures.get(key) ?? 0;
    try {
      // A handler that throws synchronously must fail like any other.
      const result = await Promise.resolve().then(() => handler({ key, reason, failures }));
      this.#failures.delete(key);
      this.#requeue(key, result?.requeueAfterMs);
    } catch {
      this.#failures.set(key, failures + 1);
    }
    this.#finish(key);
  }

  #requeue(key: QueueKey, afterMs: number | undefined): void {
    if (afterMs === undefined || this.#closed) return;
    this.#requeues.set(key, afterMs, () => this.#enqueue(key, "timer"));
  }

  #finish(key: QueueKey): void {
    this.#running.delete(key);
    const dirty = this.#dirty.get(key);
    this.#dirty.delete(key);
    const failures = this.#failures.get(key) ?? 0;
    if (dirty !== undefined) this.#enqueue(key, dirty);
    else if (failures > 0 && !this.#closed) {
      this.#backingOff.set(key, backoffMs(failures, this.#backoff), () => this.#enqueue(key, "retry"));
    }
  }
}
