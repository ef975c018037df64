import { type Backoff, defaultBackoff } from "../backoff.ts";
import type { QueueFactory } from "../port.ts";
import { MemoryQueue } from "./queue.ts";

/** Queues that live and die with this process: for tests, and for a standalone without Redis. */
export function memoryQueues(options: { backoff?: Partial<Backoff> } = {}): QueueFactory {
  const backoff = { ...defaultBackoff, ...options.backoff };
  const queues = new Map<string, MemoryQueue>();
  return {
    queue(name) {
      const queue = queues.get(name) ?? new MemoryQueue(name, backoff);
      queues.set(name, queue);
      return queue;
    },
    healthy: async () => true,
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}
