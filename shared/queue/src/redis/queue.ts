import { Queue } from "bullmq";
import type { ProcessOptions, QueueKey, QueueStats, RunningWorker, WorkHandler, WorkQueue } from "../port.ts";
import { withDeadline } from "./deadline.ts";
import { eventOptions, type KeyJob } from "./job-options.ts";
import { KeyWorker } from "./key-worker.ts";
import { ParkedHints } from "./parked-hints.ts";
import { TimerQueue } from "./timer-queue.ts";
import type { QueueContext } from "./worker-options.ts";

const answerMs = 5000;
/** BullMQ's event stream is read by nobody. */
const eventsKept = 100;

/** One named queue: BullMQ's queue of events, the queue of its timers, and the workers of this process. */
export class RedisQueue implements WorkQueue {
  readonly name: string;
  readonly #context: QueueContext;
  readonly #events: Queue<KeyJob>;
  readonly #timers: TimerQueue;
  readonly #hints: ParkedHints;
  readonly #workers = new Set<KeyWorker>();

  constructor(name: string, context: QueueContext) {
    this.name = name;
    this.#context = context;
    this.#events = openQueue(name, context);
    this.#timers = new TimerQueue(openQueue(`${name}.timers`, context), context, (key, reason) =>
      this.#send(key, reason),
    );
    this.#hints = new ParkedHints(
      (key, reason) => this.#send(key, reason),
      () => context.redis.status === "ready",
    );
  }

  add(key: QueueKey, reason: string): Promise<void> {
    return this.#hints.add(key, reason);
  }

  process(handler: WorkHandler, options: ProcessOptions): RunningWorker {
    const worker = new KeyWorker({ events: this.#events, timers: this.#timers }, this.#context, handler, options);
    this.#workers.add(worker);
    return {
      close: async () => {
        await worker.close();
        this.#workers.delete(worker);
      },
    };
  }

  async stats(): Promise<QueueStats> {
    if (this.#context.redis.status !== "ready") throw new Error(`queue ${this.name}: Redis is not connected`);
    const counting = Promise.all([this.#events.getJobCounts(), this.#timers.pending()]);
    const [counts, timers] = await withDeadline(counting, answerMs, `counting queue ${this.name}`);
    const of = (state: string) => counts[state] ?? 0;
    return {
      waiting: of("waiting") + of("prioritized") + of("paused"),
      active: of("active"),
      delayed: of("delayed") + timers,
      dropped: this.#hints.dropped,
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.close()));
    this.#hints.close();
  }

  /** Sends what was added while Redis was away. */
  reconnected(): void {
    void this.#hints.flush();
  }

  /** Redis forgot everything: what this process knows is queued again. */
  lost(): void {
    for (const worker of this.#workers) worker.lost();
  }

  async #send(key: QueueKey, reason: string): Promise<void> {
    await withDeadline(this.#events.add("key", { key, reason }, eventOptions(key)), answerMs, `queueing ${key}`);
  }
}

function openQueue(name: string, context: QueueContext): Queue<KeyJob> {
  const queue = new Queue<KeyJob>(name, {
    connection: context.redis,
    prefix: context.prefix,
    streams: { events: { maxLen: eventsKept } },
  });
  return queue.on("error", context.onError);
}
