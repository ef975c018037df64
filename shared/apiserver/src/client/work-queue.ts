export interface WorkQueueOptions {
  /** Handles one key; a returned number is when to look at it again, in ms. Throwing retries with backoff. */
  work(key: string): Promise<number | undefined>;
  onError(error: unknown, key: string): void;
  /** First delay after a failure, doubling up to `maxRetryMs`. */
  retryMs?: number;
  maxRetryMs?: number;
}

/** Keys to work on, one after the other; a key added while it is worked on is worked on once more. */
export interface WorkQueue {
  add(key: string): void;
  /** Resolves when the key under way is done; nothing is started any more. */
  stop(): Promise<void>;
}

export function workQueue({ work, onError, retryMs = 50, maxRetryMs = 10_000 }: WorkQueueOptions): WorkQueue {
  const waiting = new Set<string>();
  const timers = new Map<string, NodeJS.Timeout>();
  const failures = new Map<string, number>();
  let running: Promise<void> | undefined;
  let stopped = false;

  const addAfter = (key: string, ms: number) => {
    clearTimeout(timers.get(key));
    timers.set(
      key,
      setTimeout(() => add(key), ms),
    );
  };
  const one = async (key: string) => {
    try {
      const again = await work(key);
      failures.delete(key);
      if (again !== undefined && !waiting.has(key)) addAfter(key, again);
    } catch (error) {
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      // The first failure is usually a lost race.
      if (count > 0) onError(error, key);
      addAfter(key, Math.min(retryMs * 2 ** count, maxRetryMs));
    }
  };
  const run = async () => {
    for (const key of waiting) {
      if (stopped) break;
      waiting.delete(key);
      clearTimeout(timers.get(key));
      timers.delete(key);
      await one(key);
    }
    running = undefined;
  };
  const add = (key: string) => {
    if (stopped) return;
    waiting.add(key);
    running ??= Promise.resolve().then(run);
  };
  return {
    add,
    async stop() {
      stopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
      await running;
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
