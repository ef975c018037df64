import { Gauge, type Registry } from "prom-client";

/** A queue as far as its gauges are concerned. */
export interface CountedQueue {
  readonly name: string;
  stats(): Promise<{ waiting: number; active: number; delayed: number; dropped: number }>;
}

/** Gauges of the depth of `queues` by state, read when they are scraped; an unreachable queue has no value. */
export function queueGauges(registry: Registry, queues: readonly CountedQueue[]): void {
  new Gauge({
    name: "elemental_queue_keys",
    help: "Keys in the work queue by state: waiting to run, active, or delayed by a timer or a backoff",
    labelNames: ["queue", "state"],
    registers: [registry],
    async collect() {
      this.reset();
      await Promise.all(
        queues.map(async (queue) => {
          const stats = await queue.stats().catch(() => undefined);
          for (const state of ["waiting", "active", "delayed"] as const) {
            if (stats) this.set({ queue: queue.name, state }, stats[state]);
          }
        }),
      );
    },
  });
  new Gauge({
    name: "elemental_queue_dropped_hints",
    help: "Hints this process had to drop since its start because the queue was unreachable",
    labelNames: ["queue"],
    registers: [registry],
    async collect() {
      await Promise.all(
        queues.map(async (queue) => {
          const stats = await queue.stats().catch(() => undefined);
          if (stats) this.set({ queue: queue.name }, stats.dropped);
        }),
      );
    },
  });
}
