import { setTimeout as delay } from "node:timers/promises";
import { type Job, type Queue, Worker } from "bullmq";
import type { ProcessOptions, QueueKey, WorkHandler } from "../port.ts";
import { eventOptions, type KeyJob } from "./job-options.ts";
import type { TimerQueue } from "./timer-queue.ts";
import { type QueueContext, workerOptions } from "./worker-options.ts";

/** How long closing waits for Redis to take the results of runs that have ended. */
const farewellMs = 2000;
const timersAtOnce = 20;

export interface KeyQueues {
  events: Queue<KeyJob>;
  timers: TimerQueue;
}

/** Runs the keys of one queue in this process. */
export class KeyWorker {
  readonly #queues: KeyQueues;
  readonly #context: QueueContext;
  readonly #handler: WorkHandler;
  readonly #options: ProcessOptions;
  readonly #workers: Worker<KeyJob>[];
  /** Runs under way. A key has a second job while it runs only when Redis forgot the first: that one waits its turn. */
  readonly #runs = new Map<QueueKey, Promise<unknown>>();
  readonly #handling = new Set<ReturnType<WorkHandler>>();
  readonly #followUps = new Set<Promise<void>>();
  #closing: Promise<void> | undefined;

  constructor(queues: KeyQueues, context: QueueContext, handler: WorkHandler, options: ProcessOptions) {
    this.#queues = queues;
    this.#context = context;
    this.#handler = handler;
    this.#options = options;
    const run = (job: Job<KeyJob>) => this.#inTurn(job);
    const worker = new Worker<KeyJob>(queues.events.name, run, workerOptions(context, options.concurrency));
    worker.on("error", context.onError);
    worker.on("failed", (job) => job && this.#track(this.#followUp(job.data)));
    this.#workers = [worker, queues.timers.work(timersAtOnce, options.resync)];
    this.#scheduleResync();
  }

  /** Queues every key again after Redis lost its contents. */
  lost(): void {
    const { resync } = this.#options;
    if (resync === undefined || this.#closing !== undefined) return;
    this.#scheduleResync();
    this.#track(this.#queues.timers.queueAll(resync));
  }

  /** Waits for the runs, however long they take, and then only shortly for Redis. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const closed = Promise.all(this.#workers.map((worker) => worker.close())).then(() => true);
    closed.catch(this.#context.onError);
    while (this.#handling.size > 0) await Promise.allSettled(this.#handling);
    const inTime = Promise.all([closed, ...this.#followUps]).then(() => true);
    const giveUp = new AbortController();
    const late = delay(farewellMs, false, { signal: giveUp.signal }).catch(() => false);
    if (!(await Promise.race([inTime, late]))) {
      await Promise.all(this.#workers.map((worker) => worker.getBackend().close(true)));
    }
    giveUp.abort();
  }

  async #inTurn(job: Job<KeyJob>): Promise<void> {
    const { key } = job.data;
    while (this.#runs.has(key)) await this.#runs.get(key)?.catch(() => undefined);
    const run = this.#run(job);
    this.#runs.set(key, run);
    try {
      await run;
    } finally {
      this.#runs.delete(key);
    }
  }

  async #run(job: Job<KeyJob>): Promise<void> {
    const { key, reason } = job.data;
    // A handler that throws synchronously must fail like any other.
    const handling = Promise.resolve().then(() => this.#handler({ key, reason, failures: job.attemptsMade }));
    this.#handling.add(handling);
    let result: Awaited<ReturnType<WorkHandler>>;
    try {
      result = await handling;
    } catch {
      // BullMQ stores the message of the error in Redis, where nothing of the service's own may go.
      throw new Error("the run failed");
    } finally {
      this.#handling.delete(handling);
    }
    if (result?.requeueAfterMs !== undefined) await this.#queues.timers.set(key, result.requeueAfterMs);
  }

  /**
   * BullMQ queues the event it kept during a run when the run's job is gone, but a failed run's job stays, to back off.
   * So that event is taken here, and run at once.
   */
  async #followUp({ key, reason }: KeyJob): Promise<void> {
    const { events } = this.#queues;
    const kept = await this.#context.redis.del(events.toKey(`dn:${key}`));
    if (kept > 0) await events.add("key", { key, reason }, eventOptions(key));
  }

  #scheduleResync(): void {
    const { resync } = this.#options;
    if (resync) this.#track(this.#queues.timers.schedule(resync));
  }

  #track(work: Promise<void>): void {
    const tracked = work.catch(this.#context.onError).finally(() => this.#followUps.delete(tracked));
    this.#followUps.add(tracked);
  }
}
