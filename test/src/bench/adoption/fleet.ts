import { conditionTypes, isTrue, type MachineInventorySelector, machineInventorySelectors } from "@elemental/api";
import type { Informer } from "@elemental/kube";
import type { Lab } from "../environment/lab.ts";
import type { ServiceProcess } from "../environment/service.ts";
import { meter } from "../measure/service-meter.ts";
import { forEachIndex } from "../measure/workers.ts";
import { progress } from "../result.ts";
import { createInventories, createMachines, selector } from "./objects.ts";

const creators = 64;
const deadlineMs = 900_000;

/** Inventories with their plans, and the Machines whose selectors come next. */
export interface Fleet {
  namespace: string;
  /** Creates the selectors and resolves when `expected` of them are Ready; performance.now() at the start and the end. */
  adopt(expected: number): Promise<{ start: number; end: number }>;
}

export interface FleetOptions {
  selectors: number;
  inventories: number;
  services: readonly ServiceProcess[];
}

/** Makes a fleet and waits until our services have nothing to do for it. */
export async function prepareFleet(lab: Lab, { selectors, inventories, services }: FleetOptions): Promise<Fleet> {
  const namespace = await lab.createNamespace();
  progress(`${inventories} inventories and ${selectors} Machines`);
  const counting = await meter(services, []);
  await createInventories(lab.kube, namespace, inventories);
  const uids = await createMachines(lab.kube, namespace, selectors);
  await counting.quiet();
  return {
    namespace,
    async adopt(expected) {
      progress(`${selectors} selectors`);
      const informer = lab.kube.inform<MachineInventorySelector>(machineInventorySelectors, { namespace });
      try {
        await informer.synced();
        const ready = readySelectors(informer, expected);
        const start = performance.now();
        await forEachIndex(selectors, creators, (index) =>
          lab.kube.create(machineInventorySelectors, selector(namespace, index, uids[index] ?? "")),
        );
        await ready;
        return { start, end: performance.now() };
      } finally {
        informer.stop();
      }
    },
  };
}

function readySelectors(informer: Informer<MachineInventorySelector>, expected: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => {});
  const ready = new Set<string>();
  const timer = setTimeout(() => {
    reject(new Error(`only ${ready.size} of ${expected} selectors are Ready after ${deadlineMs / 1000} s`));
  }, deadlineMs);
  informer.onChange(({ current }) => {
    if (current && isTrue(current.status?.conditions, conditionTypes.ready)) ready.add(current.metadata.name);
    if (ready.size < expected) return;
    clearTimeout(timer);
    resolve();
  });
  return promise;
}
