import { type MachineInventory, machineInventories } from "@elemental/api";
import type { Flags } from "../command-line.ts";
import { openLab } from "../environment/lab.ts";
import { rawCreatesPerSecond } from "../measure/raw-creates.ts";
import { meter, peakRssMb } from "../measure/service-meter.ts";
import { measureResync } from "../reconcile/resync.ts";
import { type Result, rounded } from "../result.ts";
import { startControllers } from "./controllers.ts";
import { prepareFleet } from "./fleet.ts";

/** Creates selectors for as many inventories, and measures until all that can are Ready. */
export async function benchmarkAdoption(flags: Flags, parts: AsyncDisposableStack): Promise<Result> {
  const selectors = flags.count("selectors") ?? 1;
  const inventories = flags.count("inventories") ?? selectors;
  const adoptions = Math.min(selectors, inventories);
  const lab = await openLab({ embedded: flags.boolean("embedded") }, parts);
  const services = await startControllers(lab, flags);
  const fleet = await prepareFleet(lab, { selectors, inventories, services });
  const counting = await meter(services, lab.apiPids);
  const { start, end } = await fleet.adopt(adoptions);
  const seconds = (end - start) / 1000;
  const settled = ((await counting.quiet()) - start) / 1000;
  const spent = await counting.spent();
  const { items } = await lab.kube.list(machineInventories, { namespace: fleet.namespace });
  const owners = items.flatMap(ownerOf);
  const rss = peakRssMb(services);
  const resync = await measureResync(lab, { flags, services });
  const sample = items[0];
  const limit =
    sample &&
    (await rawCreatesPerSecond(lab.kube, machineInventories, {
      sample: { ...sample, metadata: { ...sample.metadata, ownerReferences: [] } },
      namespace: await lab.createNamespace(),
    }));
  return {
    selectors,
    inventories,
    api: lab.api,
    adopted: owners.length,
    adoptedTwice: owners.length - new Set(owners).size,
    seconds: rounded(seconds),
    settledSeconds: rounded(settled),
    adoptionsPerSecond: rounded(adoptions / seconds),
    writesPerAdoption: rounded(spent.writes / adoptions),
    writesPerSecond: rounded((spent.writes + selectors) / settled),
    limitCreatesPerSecond: limit === undefined ? null : rounded(limit),
    shareOfLimit: limit === undefined ? null : rounded((spent.writes + selectors) / settled / limit),
    requestsPerReconcile: rounded(spent.requests / spent.reconciles),
    reconcilesPerAdoption: rounded(spent.reconciles / adoptions),
    eventsPerAdoption: rounded(spent.events / adoptions),
    cpuMsPerAdoption: rounded((spent.cpuSeconds * 1000) / adoptions),
    apiCpuMsPerAdoption: lab.apiPids.length > 0 ? rounded((spent.apiCpuSeconds * 1000) / adoptions) : null,
    rssMb: rounded(rss),
    ...resync,
  };
}

/** The UID of the selector that owns the inventory. */
function ownerOf({ metadata }: MachineInventory): string[] {
  const owners = metadata.ownerReferences ?? [];
  return owners.filter(({ kind }) => kind === "MachineInventorySelector").map(({ uid }) => uid);
}
