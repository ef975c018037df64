import { setTimeout as delay } from "node:timers/promises";
import { startControllers } from "../adoption/controllers.ts";
import type { Flags } from "../command-line.ts";
import type { Lab } from "../environment/lab.ts";
import type { ServiceProcess } from "../environment/service.ts";
import { meter } from "../measure/service-meter.ts";
import { progress, type Result, rounded } from "../result.ts";

const resyncSeconds = 20;
const pollMs = 500;
const quietPolls = 4;
const deadlineMs = 300_000;

/**
 * Replaces the services by ones that resync often, and counts what one resync of everything costs. `services` are ended;
 * the new ones run until the lab ends.
 */
export async function measureResync(
  lab: Lab,
  { flags, services }: { flags: Flags; services: readonly ServiceProcess[] },
): Promise<Result> {
  progress("resync");
  await Promise.all(services.map((service) => service.stop()));
  const fresh = await startControllers(lab, flags, { RESYNC_PERIOD: `${resyncSeconds}s` });
  const starting = await meter(fresh, []);
  await untilRunsEnd(starting);
  const counting = await meter(fresh, lab.apiPids);
  const first = await untilRunsBegin(counting);
  const last = await untilRunsEnd(counting);
  const spent = await counting.spent();
  await Promise.all(fresh.map((service) => service.stop()));
  return {
    resyncWrites: spent.writes,
    resyncReads: spent.requests - spent.writes,
    resyncReconciles: spent.reconciles,
    resyncSeconds: rounded((last - first) / 1000),
    resyncCpuSeconds: rounded(spent.cpuSeconds),
  };
}

type Counting = Awaited<ReturnType<typeof meter>>;

async function untilRunsBegin(counting: Counting): Promise<number> {
  const deadline = performance.now() + deadlineMs;
  while ((await counting.spent()).reconciles === 0) {
    if (performance.now() > deadline) throw new Error("no resync happened");
    await delay(pollMs);
  }
  return performance.now();
}

/** Resolves when nothing is reconciled for a while; to when (performance.now) the last run was seen. */
async function untilRunsEnd(counting: Counting): Promise<number> {
  const deadline = performance.now() + deadlineMs;
  let last = performance.now();
  let seen = -1;
  for (let quiet = 0; quiet < quietPolls; quiet++) {
    if (performance.now() > deadline) throw new Error("reconciling does not come to an end");
    const { reconciles } = await counting.spent();
    if (reconciles !== seen) [seen, quiet, last] = [reconciles, 0, performance.now()];
    await delay(pollMs);
  }
  return last;
}
