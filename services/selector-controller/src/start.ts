import {
  type MachineInventorySelector,
  machineInventories,
  machineInventorySelectors,
  machines,
  machineVersions,
} from "@elemental/api";
import { type ControllerMetrics, type Logger, type RunningController, run } from "@elemental/controller";
import type { Kube } from "@elemental/kube";
import type { QueueFactory } from "@elemental/queue";
import { selectorController } from "./controller.ts";
import { inventoryIndexers, selectorIndexers } from "./indexes.ts";

export interface SelectorControllerOptions {
  kube: Kube;
  queues: QueueFactory;
  logger?: Logger;
  metrics?: ControllerMetrics;
  concurrency?: number;
  resyncMs?: number;
}

/** Starts the selector controller in this process; resolves when it works. */
export async function start(options: SelectorControllerOptions): Promise<RunningController> {
  const { kube } = options;
  const inventories = kube.inform(machineInventories, { indexers: inventoryIndexers });
  const selectors = kube.inform<MachineInventorySelector>(machineInventorySelectors, { indexers: selectorIndexers });
  const machineType = machines(await machineVersion(kube));
  const informers = { inventories, selectors, machines: kube.inform(machineType) };
  const running = run(selectorController({ kube, machineType, ...informers }), options);
  await running.started();
  return {
    ...running,
    stop: async () => {
      for (const informer of Object.values(informers)) informer.stop();
      await running.stop();
    },
  };
}

async function machineVersion(kube: Kube): Promise<string> {
  for (const version of machineVersions) {
    if (await kube.serves(machines(version))) return version;
  }
  return machineVersions[0];
}
