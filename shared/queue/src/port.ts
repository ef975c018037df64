/** An object key in its text form, `namespace/name`. */
export type QueueKey = string;

export interface WorkItem {
  key: QueueKey;
  /** Why the key was queued, for logs only. */
  reason: string;
  /** Consecutive failures of this key before this run. */
  failures: number;
}

/** Resolve with `requeueAfterMs` to wait, reject to back off. A newer wait of a key replaces the older one. */
export type WorkHandler = (item: WorkItem) => Promise<{ requeueAfterMs?: number } | undefined>;

/** How a worker finds all keys again: hints may be lost, objects are not. */
export interface Resync {
  /** Once per this time the keys are queued by one of the processes that work on the queue. */
  everyMs: number;
  /** Every key there is. Also called at once when the queue's store turns out to have lost its contents. */
  keys(): Iterable<QueueKey>;
}

export interface ProcessOptions {
  /** The number of runs at once in this process. */
  concurrency: number;
  resync?: Resync;
}

export interface QueueStats {
  /** Keys ready to run, running, and waiting for a timer or for their backoff. */
  waiting: number;
  active: number;
  delayed: number;
  /** Hints this process had to drop since its start. */
  dropped: number;
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
  /**
   * Queues `key` to run now. Never throws and never waits long: while the store is unreachable the key is kept in
   * this process and queued when the store is back; what cannot be kept is dropped and counted.
   */
  add(key: QueueKey, reason: string): Promise<void>;
  /** Starts taking keys. */
  process(handler: WorkHandler, options: ProcessOptions): RunningWorker;
  /** Rejects when the store is unreachable. */
  stats(): Promise<QueueStats>;
  close(): Promise<void>;
}

/** Makes the queues of one service. Queues of one name in several processes are the same queue. */
export interface QueueFactory {
  queue(name: string): WorkQueue;
  /** Whether the queue's store answers; part of /readyz. */
  healthy(): Promise<boolean>;
  /** Closes the queues and their workers, then the connection; bounded also when the store is unreachable. */
  close(): Promise<void>;
}
