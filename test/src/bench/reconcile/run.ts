import { createHash } from "node:crypto";
import { conditionTypes, isTrue, type MachineInventory, machineInventories, secrets } from "@elemental/api";
import { startControllers } from "../adoption/controllers.ts";
import { prepareFleet } from "../adoption/fleet.ts";
import type { Flags } from "../command-line.ts";
import { type Lab, openLab } from "../environment/lab.ts";
import { percentile } from "../measure/percentile.ts";
import { meter, peakRssMb } from "../measure/service-meter.ts";
import { progress, type Result, rounded } from "../result.ts";
import { measureResync } from "./resync.ts";

const deadlineMs = 30_000;

/** Settles pairs of inventory and selector, then measures single changes and a resync of everything. */
export async function benchmarkReconcile(flags: Flags, parts: AsyncDisposableStack): Promise<Result> {
  const objects = flags.count("objects") ?? 1;
  const changes = Math.min(flags.count("changes") ?? 1, objects);
  const lab = await openLab({ embedded: flags.boolean("embedded") }, parts);
  const services = await startControllers(lab, flags);
  const fleet = await prepareFleet(lab, { selectors: objects, inventories: objects, services });
  const settling = await meter(services, []);
  await fleet.adopt(objects);
  await settling.quiet();
  progress(`${changes} changes, one after the other`);
  const counting = await meter(services, lab.apiPids);
  const times = await measureChanges(lab, fleet.namespace, changes);
  await counting.quiet();
  const spent = await counting.spent();
  const rss = peakRssMb(services);
  const resync = await measureResync(lab, { flags, services });
  return {
    objects,
    changes,
    api: lab.api,
    changeP50Ms: rounded(percentile(times, 0.5) ?? 0),
    changeP99Ms: rounded(percentile(times, 0.99) ?? 0),
    writesPerChange: rounded(spent.writes / changes),
    reconcilesPerChange: rounded(spent.reconciles / changes),
    rssMb: rounded(rss),
    ...resync,
  };
}

/** What an agent reports is one change; it is reconciled when the inventory says so. Milliseconds, sorted. */
async function measureChanges(lab: Lab, namespace: string, count: number): Promise<number[]> {
  const informer = lab.kube.inform<MachineInventory>(machineInventories, { namespace });
  try {
    await informer.synced();
    const times: number[] = [];
    for (const inventory of informer.list().slice(0, count)) times.push(await reportApplied(lab, informer, inventory));
    return times.sort((left, right) => left - right);
  } finally {
    informer.stop();
  }
}

async function reportApplied(
  lab: Lab,
  informer: ReturnType<typeof lab.kube.inform<MachineInventory>>,
  { metadata: { namespace = "", name } }: MachineInventory,
): Promise<number> {
  const { data } = await lab.kube.get(secrets, { namespace, name });
  const checksum = createHash("sha256")
    .update(Buffer.from(data?.["plan"] ?? "", "base64"))
    .digest("hex");
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const unsubscribe = informer.onChange(({ current }) => {
    if (current?.metadata.name === name && isTrue(current.status?.conditions, conditionTypes.ready)) resolve();
  });
  const timer = setTimeout(() => reject(new Error(`the change of ${name} was not reconciled`)), deadlineMs);
  const start = performance.now();
  try {
    const body = { data: { "applied-checksum": Buffer.from(checksum).toString("base64") } };
    await lab.kube.patch(secrets, { namespace, name }, { type: "merge", body });
    await promise;
    return performance.now() - start;
  } finally {
    clearTimeout(timer);
    unsubscribe();
  }
}
