import {
  formatKey,
  type MachineInventorySelector,
  machineInventories,
  machineInventorySelectors,
  machines,
  machineVersions,
} from "@elemental/api";
import { type ControllerMetrics, type Logger, type RunningController, run } from "@elemental/controller";
import type { Kube } from "@elemental/kube";
import type { QueueFactory } from "@elemental/queue";
import { FreeInventories } from "./adoption/free-inventories.ts";
import { OverlookedInventories } from "./adoption/overlooked.ts";
import { WaitingSelectors } from "./adoption/waiting-selectors.ts";
import { controllerName, selectorController } from "./controller.ts";
import { inventoryIndexers, selectorIndexers } from "./indexes.ts";

export interface SelectorControllerOptions {
  kube: Kube;
  queues: QueueFactory;
  logger?: Logger;
  metrics?: ControllerMetrics;
  concurrency?: number;
  resyncMs?: number;
}

const overlookedMs = 500;

/** Starts the selector controller in this process; resolves when it works. */
export async function start(options: SelectorControllerOptions): Promise<RunningController> {
  const { kube } = options;
  const inventories = kube.inform(machineInventories, { indexers: inventoryIndexers });
  const selectors = kube.inform<MachineInventorySelector>(machineInventorySelectors, { indexers: selectorIndexers });
  const machineType = machines(await machineVersion(kube));
  const informers = { inventories, selectors, machines: kube.inform(machineType) };
  const [free, waiting] = [new FreeInventories(), new WaitingSelectors()];
  const running = run(selectorController({ kube, machineType, ...informers, free, waiting }), options);
  await running.started();
  const queue = options.queues.queue(controllerName);
  const overlooked = new OverlookedInventories(free, waiting);
  const timer = setInterval(() => {
    for (const key of overlooked.selectorsToWake()) void queue.add(formatKey(key), "a free inventory");
  }, overlookedMs);
  return {
    ...running,
    stop: async () => {
      clearInterval(timer);
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
