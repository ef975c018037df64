import { type Job, type Queue, Worker } from "bullmq";
import type { QueueKey, Resync } from "../port.ts";
import { type KeyJob, resyncOptions, timerOptions } from "./job-options.ts";
import { type QueueContext, workerOptions } from "./worker-options.ts";

const resyncJob = "resync";

/**
 * The waits of a queue's keys, at most one per key, and its periodic resync. They are kept apart from the events
 * because an event that arrives during a run and a wait decided at its end are two different things.
 */
export class TimerQueue {
  readonly #queue: Queue<KeyJob>;
  readonly #context: QueueContext;
  readonly #fire: (key: QueueKey, reason: string) => Promise<void>;

  constructor(queue: Queue<KeyJob>, context: QueueContext, fire: (key: QueueKey, reason: string) => Promise<void>) {
    this.#queue = queue;
    this.#context = context;
    this.#fire = fire;
  }

  async set(key: QueueKey, afterMs: number): Promise<void> {
    await this.#queue.add("wait", { key, reason: "timer" }, timerOptions(key, afterMs));
  }

  /** The number of keys that wait. */
  async pending(): Promise<number> {
    const [counts, schedulers] = await Promise.all([this.#queue.getJobCounts(), this.#queue.getJobSchedulersCount()]);
    const { delayed = 0, waiting = 0, active = 0 } = counts;
    return Math.max(0, delayed + waiting + active - schedulers);
  }

  /** Lets this process fire timers, and take its turn at the resync. */
  work(concurrency: number, resync: Resync | undefined): Worker<KeyJob> {
    const run = async (job: Job<KeyJob>) => {
      if (job.name !== resyncJob) await this.#fire(job.data.key, job.data.reason);
      else if (resync) await this.queueAll(resync);
    };
    const worker = new Worker<KeyJob>(this.#queue.name, run, workerOptions(this.#context, concurrency));
    return worker.on("error", this.#context.onError);
  }

  /** Makes sure that the resync is scheduled; every process may ask for it. */
  async schedule(resync: Resync): Promise<void> {
    const template = { name: resyncJob, data: { key: "", reason: resyncJob }, opts: resyncOptions };
    await this.#queue.upsertJobScheduler(resyncJob, { every: resync.everyMs }, template);
  }

  async queueAll(resync: Resync): Promise<void> {
    await Promise.all([...resync.keys()].map((key) => this.#fire(key, resyncJob)));
  }
}
