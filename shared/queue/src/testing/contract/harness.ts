import { afterEach, expect, vi } from "vitest";
import type { Backoff } from "../../backoff.ts";
import type { QueueFactory, QueueStats, RunningWorker, WorkQueue } from "../../port.ts";
import { Recorder } from "./recorder.ts";

export const hour = 3_600_000;
/** So long that a run which has to wait for its backoff is not seen within a test. */
export const patient: Backoff = { baseMs: hour, capMs: hour };
export const quick: Backoff = { baseMs: 10, capMs: 40 };

/** Opens queues of one implementation and closes them after each test. */
export interface Harness {
  start(
    backoff: Backoff,
    concurrency?: number,
  ): { factory: QueueFactory; queue: WorkQueue; recorder: Recorder; worker: RunningWorker };
}

/** `open` makes a factory whose queues nobody else uses. */
export function harness(open: (backoff: Backoff) => QueueFactory): Harness {
  const factories: QueueFactory[] = [];
  afterEach(async () => {
    await Promise.all(factories.splice(0).map((factory) => factory.close()));
  });
  return {
    start(backoff, concurrency = 4) {
      const factory = open(backoff);
      factories.push(factory);
      const queue = factory.queue("things");
      const recorder = new Recorder();
      return { factory, queue, recorder, worker: queue.process(recorder.handler, { concurrency }) };
    },
  };
}

/** Waits until the queue counts as expected; absent counts are zero. */
export async function settled(queue: WorkQueue, expected: Partial<QueueStats> = {}): Promise<void> {
  const stats = { waiting: 0, active: 0, delayed: 0, dropped: 0, ...expected };
  await vi.waitFor(async () => expect(await queue.stats()).toEqual(stats), { timeout: 25_000, interval: 5 });
}
