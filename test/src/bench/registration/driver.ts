// A process that plays machines: prepares them when told how many, registers them when told to go, and reports.
import { forEach } from "../measure/workers.ts";
import { type AuthMethod, type BenchMachine, machineFactory, register } from "./machine.ts";

/** What a driver is told first. */
export interface DriverTask {
  /** Names of machines begin with it. */
  prefix: string;
  machines: number;
  concurrency: number;
  auth: AuthMethod;
  /** Machines take turns with them. */
  urls: string[];
  caPem: string;
  budgetMs: number;
}

/** What a driver reports at the end. */
export interface DriverReport {
  /** Milliseconds from the first attempt to the configuration, of each machine that got it. */
  latencies: number[];
  /** Failure -> machines that ended with it. */
  failures: Record<string, number>;
  /** Attempts that were repeated. */
  retries: number;
}

async function registerAll(task: DriverTask, machines: BenchMachine[]): Promise<DriverReport> {
  const report: DriverReport = { latencies: [], failures: {}, retries: 0 };
  const onRetry = () => {
    report.retries++;
  };
  await forEach(machines, task.concurrency, async (machine, index) => {
    const url = task.urls[index % task.urls.length] ?? "";
    const start = performance.now();
    try {
      await register(machine, { url, caPem: task.caPem, budgetMs: task.budgetMs, onRetry });
      report.latencies.push(performance.now() - start);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      report.failures[text] = (report.failures[text] ?? 0) + 1;
    }
  });
  return report;
}

process.once("disconnect", () => process.exit(1));
// A terminal's Ctrl-C is the parent's to handle.
process.on("SIGINT", () => {});
process.once("message", (task: DriverTask) => {
  const make = machineFactory(task.auth);
  const machines = Array.from({ length: task.machines }, (_, index) => make(`${task.prefix}-${index}`));
  process.once("message", async () => process.send?.(await registerAll(task, machines)));
  process.send?.("ready");
});
