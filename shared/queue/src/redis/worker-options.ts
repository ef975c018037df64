import type { WorkerOptions } from "bullmq";
import { type Backoff, backoffMs } from "../backoff.ts";
import type { RedisClient } from "./connection.ts";

/** What the queues of one factory share. */
export interface QueueContext {
  redis: RedisClient;
  prefix: string;
  backoff: Backoff;
  /** A worker that is silent for this long is taken for dead, and its keys run elsewhere. */
  lockMs: number;
  onError: (error: Error) => void;
}

/** A key whose runs kill their worker this often is given up until its next event or resync. */
const mostDeathsPerKey = 10;

export function workerOptions(context: QueueContext, concurrency: number): WorkerOptions {
  return {
    connection: context.redis,
    prefix: context.prefix,
    concurrency,
    lockDuration: context.lockMs,
    stalledInterval: context.lockMs,
    maxStalledCount: mostDeathsPerKey,
    runRetryDelay: 500,
    settings: { backoffStrategy: (failures) => backoffMs(failures, context.backoff) },
  };
}
