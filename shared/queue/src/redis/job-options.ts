import type { JobsOptions } from "bullmq";
import type { QueueKey } from "../port.ts";

/** The data of a job: never an object of the cluster. */
export interface KeyJob {
  key: QueueKey;
  reason: string;
}

/** As good as for ever; BullMQ wants a number. */
const endless = 1_000_000_000;

const common: JobsOptions = {
  attempts: endless,
  removeOnComplete: true,
  removeOnFail: true,
  // Stack traces would carry error texts, and with them whatever a service failed on, into Redis.
  stackTraceLimit: 0,
};

/**
 * An event for `key`. While the key waits, the event is that wait; while it runs, one follow-up is kept; while it backs
 * off, `reschedule` runs the same job at once, and unlike `replace` keeps its count of failures.
 */
export function eventOptions(key: QueueKey): JobsOptions {
  return {
    ...common,
    backoff: { type: "custom" },
    deduplication: { id: key, keepLastIfActive: true, reschedule: true },
  };
}

/** A wait for `key`: replaces the wait there is, and is kept when that one is firing right now. */
export function timerOptions(key: QueueKey, delayMs: number): JobsOptions {
  return {
    ...common,
    delay: delayMs,
    backoff: { type: "custom" },
    deduplication: { id: key, keepLastIfActive: true, replace: true },
  };
}

export const resyncOptions: Omit<JobsOptions, "jobId" | "repeat" | "delay"> = { ...common, attempts: 1 };
