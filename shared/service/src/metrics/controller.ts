import { Counter, Histogram, type Registry } from "prom-client";

/** What controllers count; `controller` is the controller's name. */
export interface ControllerMetrics {
  /** A run ended; `result` is success, requeue, error or terminal. */
  reconciled(controller: string, result: string, seconds: number): void;
  /** A write was sent to the API server. */
  wrote(controller: string, verb: string): void;
}

/** Prometheus metrics of all controllers of a process. */
export function controllerMetrics(registry: Registry): ControllerMetrics {
  const runs = new Counter({
    name: "elemental_reconcile_total",
    help: "Reconciliations by result",
    labelNames: ["controller", "result"],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: "elemental_reconcile_seconds",
    help: "Time per reconciliation",
    labelNames: ["controller"],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60],
    registers: [registry],
  });
  const writes = new Counter({
    name: "elemental_writes_total",
    help: "Writes to the API server by verb",
    labelNames: ["controller", "verb"],
    registers: [registry],
  });
  return {
    reconciled(controller, result, duration) {
      runs.inc({ controller, result });
      seconds.observe({ controller }, duration);
    },
    wrote: (controller, verb) => writes.inc({ controller, verb }),
  };
}
