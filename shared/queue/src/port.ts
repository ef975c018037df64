/** An object key in its text form, `namespace/name`. */
export type QueueKey = string;

export interface WorkItem {
  key: QueueKey;
  /** Why the key was queued, for logs only. */
  reason: string;
  /** Consecutive failures of this key before this run. */
  failures: number;
}

/** Resolve with `requeueAfterMs` to wait, reject to back off. */
export type WorkHandler = (item: WorkItem) => Promise<{ requeueAfterMs?: number } | undefined>;

export interface QueueStats {
  /** Keys ready to run, running, and waiting for a timer or for their backoff. */
  waiting: number;
  active: number;
  delayed: number;
}

export interface RunningWorker {
  /** Stops taking keys and resolves when the runs under way have ended. */
  close(): Promise<void>;
}

/**
 * A queue of keys with the semantics of client-go's work queue: one run per key at a time, any number of events
 * during a run give exactly one follow-up, an event during backoff runs at once. It carries hints: losing its
 * contents loses time, never work, because every controller also resyncs.
 */
export interface WorkQueue {
  readonly name: string;
  /** Queues `key` to run now. Never throws when the queue is unreachable: the hint is dropped and counted. */
  add(key: QueueKey, reason: string): Promise<void>;
  /** Starts taking keys; `concurrency` is the number of runs at once in this process. */
  process(handler: WorkHandler, options: { concurrency: number }): RunningWorker;
  stats(): Promise<QueueStats>;
  close(): Promise<void>;
}

/** Makes the queues of one service. Queues of one name in several processes are the same queue. */
export interface QueueFactory {
  queue(name: string): WorkQueue;
  /** Whether the queue's store answers; part of /readyz. */
  healthy(): Promise<boolean>;
  close(): Promise<void>;
}
