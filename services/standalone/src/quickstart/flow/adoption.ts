import { type MachineInventorySelector, machineInventories, machineInventorySelectors } from "@elemental/api";
import type { Kube } from "@elemental/kube";
import { awaitObject, isReady } from "../../await-object.ts";
import { createClusterApiMachines } from "./cluster-api-stand-in.ts";
import { createIfMissing } from "./create-if-missing.ts";
import type { RegisteredMachine } from "./machines.ts";
import { name, namespace, selectorFor } from "./objects.ts";

/** Starts the agents and resolves when every machine has reported its first, empty plan as applied. */
export async function applyFirstPlans(kube: Kube, machines: RegisteredMachine[]): Promise<void> {
  await Promise.all(machines.map((machine) => machine.startAgent()));
  await inventoriesReady(kube, machines);
}

/** Creates one selector per machine, as Cluster API would, and resolves when each has adopted one and is Ready. */
export async function adopt(kube: Kube, count: number): Promise<MachineInventorySelector[]> {
  const names = Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
  const owners = await createClusterApiMachines(kube, names);
  return Promise.all(
    owners.map(async (owner) => {
      await createIfMissing(() => kube.create(machineInventorySelectors, selectorFor(owner)));
      return awaitObject(kube, machineInventorySelectors, { namespace, name: owner.metadata.name }, isReady);
    }),
  );
}

/** Resolves when every machine has applied its bootstrap plan and its inventory says so. */
export async function applyBootstrapPlans(kube: Kube, machines: RegisteredMachine[]): Promise<void> {
  await Promise.all(machines.map((machine) => machine.bootstrapped()));
  await inventoriesReady(kube, machines);
}

async function inventoriesReady(kube: Kube, machines: RegisteredMachine[]): Promise<void> {
  await Promise.all(machines.map(({ key }) => awaitObject(kube, machineInventories, key, isReady)));
}
