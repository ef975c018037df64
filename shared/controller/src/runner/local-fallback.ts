import {
  memoryQueues,
  type ProcessOptions,
  type QueueFactory,
  type WorkHandler,
  type WorkQueue,
} from "@elemental/queue";

const defaultCheckMs = 1000;
/** A store that does not answer this often in a row is down, not slow. */
const failedChecks = 3;

export interface FallbackOptions {
  queues: QueueFactory;
  name: string;
  handler: WorkHandler;
  process: ProcessOptions;
  /** How often the store is asked whether it is there; default 1 s. */
  checkMs?: number | undefined;
  /** Told when work moves into this process (true) and back (false). */
  moved(local: boolean): void;
}

/** A queue that does its work in this process while the store of the shared queue is unreachable. */
export interface FallbackQueue {
  add(key: string, reason: string): void;
  close(): Promise<void>;
}

export function startWithFallback(options: FallbackOptions): FallbackQueue {
  return new SwitchingQueue(options);
}

class SwitchingQueue implements FallbackQueue {
  readonly #options: FallbackOptions;
  readonly #shared: WorkQueue;
  readonly #local = memoryQueues();
  readonly #running = new Set<string>();
  readonly #worker: { close(): Promise<void> };
  readonly #timer: NodeJS.Timeout;
  readonly #checkMs: number;
  #localQueue: WorkQueue | undefined;
  #failed = 0;
  #closed = false;

  constructor(options: FallbackOptions) {
    this.#options = options;
    this.#checkMs = options.checkMs ?? defaultCheckMs;
    this.#shared = options.queues.queue(options.name);
    this.#worker = this.#shared.process((item) => this.#handle(item), options.process);
    this.#timer = setTimeout(() => this.#check(), this.#checkMs).unref();
  }

  add(key: string, reason: string): void {
    // Also while work is local: the shared queue keeps hints until its store is back.
    void this.#shared.add(key, reason);
    void this.#localQueue?.add(key, reason);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await Promise.all([this.#worker.close(), this.#local.close()]);
  }

  // A key may be in both queues for a moment; it still has one run at a time in this process.
  async #handle(item: Parameters<WorkHandler>[0]): ReturnType<WorkHandler> {
    if (this.#running.has(item.key)) return { requeueAfterMs: this.#checkMs };
    this.#running.add(item.key);
    try {
      return await this.#options.handler(item);
    } finally {
      this.#running.delete(item.key);
    }
  }

  async #check(): Promise<void> {
    const healthy = await this.#options.queues.healthy().catch(() => false);
    if (this.#closed) return;
    this.#failed = healthy ? 0 : this.#failed + 1;
    if (!healthy && this.#failed >= failedChecks && !this.#localQueue) this.#moveHere();
    if (healthy && this.#localQueue) await this.#moveBack(this.#localQueue);
    if (!this.#closed) this.#timer.refresh();
  }

  #moveHere(): void {
    const { name, process, moved } = this.#options;
    const queue = this.#local.queue(`${name}-${Date.now()}`);
    this.#localQueue = queue;
    moved(true);
    queue.process((item) => this.#handle(item), { concurrency: process.concurrency });
    // What was under way or delayed in the store is not known here.
    for (const key of process.resync?.keys() ?? []) void queue.add(key, "the shared queue is unreachable");
  }

  async #moveBack(queue: WorkQueue): Promise<void> {
    this.#localQueue = undefined;
    await queue.close();
    this.#options.moved(false);
    // Local timers and backoffs are gone with the local queue.
    for (const key of this.#options.process.resync?.keys() ?? [])
      void this.#shared.add(key, "the shared queue is back");
  }
}
