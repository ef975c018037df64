import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { endChild, spawnNode } from "../environment/child.ts";
import { processUsage } from "../measure/process-usage.ts";
import type { DriverReport, DriverTask } from "./driver.ts";

export interface Arrival extends Omit<DriverTask, "prefix"> {
  drivers: number;
}

/** What became of an arrival of machines. */
export interface ArrivalReport extends DriverReport {
  /** performance.now() at the start. */
  start: number;
  /** Until the last machine had its answer. */
  seconds: number;
  /** Processor time of the drivers since the start. */
  cpuSeconds: number;
}

const program = fileURLToPath(new URL("./driver.ts", import.meta.url));

/** Splits the machines over driver processes and lets them register; the drivers end before it resolves. */
export async function registerMachines(
  arrival: Arrival,
  { parts, onReady }: { parts: AsyncDisposableStack; onReady(): Promise<void> },
): Promise<ArrivalReport> {
  const children = Array.from({ length: Math.min(arrival.drivers, arrival.machines) }, () => {
    const child = spawnNode([program], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    parts.defer(() => endChild(child));
    return child;
  });
  await Promise.all(
    children.map((child, index) => {
      child.send({
        ...arrival,
        prefix: `bench-${randomBytes(4).toString("hex")}`,
        machines: share(arrival.machines, children.length, index),
        concurrency: share(arrival.concurrency, children.length, index),
      } satisfies DriverTask & { drivers: number });
      return messageOf(child);
    }),
  );
  await onReady();
  const cpu = () => children.reduce((sum, child) => sum + processUsage(child.pid ?? 0).cpuSeconds, 0);
  const [start, cpuBefore] = [performance.now(), cpu()];
  for (const child of children) child.send("go");
  const reports = await Promise.all(children.map((child) => messageOf(child) as Promise<DriverReport>));
  const seconds = (performance.now() - start) / 1000;
  const cpuSeconds = cpu() - cpuBefore;
  await Promise.all(children.map((child) => endChild(child)));
  return { ...merged(reports), start, seconds, cpuSeconds };
}

/** The next message of a driver. Rejects when it ends instead. */
async function messageOf(child: ChildProcess): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const ended = () => reject(new Error("a driver process ended early"));
  child.once("message", resolve).once("exit", ended);
  try {
    return await promise;
  } finally {
    child.off("message", resolve).off("exit", ended);
  }
}

/** At least one for everyone. */
function share(total: number, parts: number, index: number): number {
  return Math.max(1, Math.floor(total / parts) + (index < total % parts ? 1 : 0));
}

function merged(reports: DriverReport[]): DriverReport {
  const failures: Record<string, number> = {};
  for (const report of reports) {
    for (const [text, count] of Object.entries(report.failures)) failures[text] = (failures[text] ?? 0) + count;
  }
  return {
    latencies: reports.flatMap(({ latencies }) => latencies).sort((left, right) => left - right),
    failures,
    retries: reports.reduce((sum, { retries }) => sum + retries, 0),
  };
}
