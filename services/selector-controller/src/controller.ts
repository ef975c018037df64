import {
  formatKey,
  type KubeObject,
  type Machine,
  type MachineInventory,
  type MachineInventorySelector,
  machineInventories,
  machineInventorySelectors,
  type ObjectKey,
  objectKey,
  type ResourceType,
} from "@elemental/api";
import type { Controller, Source } from "@elemental/controller";
import type { Change, Informer, Kube } from "@elemental/kube";
import { isFree, isUnapproved } from "./adoption/candidates.ts";
import { FreeInventories } from "./adoption/free-inventories.ts";
import { selectorOwner } from "./adoption/ownership.ts";
import { Reservations } from "./adoption/reservations.ts";
import type { WaitingSelectors } from "./adoption/waiting-selectors.ts";
import { PlanSecrets } from "./bootstrap/plan-secrets.ts";
import { failed } from "./failed.ts";
import { indexes } from "./indexes.ts";
import type { Observation } from "./observation.ts";
import { observer } from "./observe.ts";
import { reconcile } from "./reconcile.ts";

/** Also the name of its queue. */
export const controllerName = "machine-inventory-selector";

export interface SelectorControllerDependencies {
  kube: Pick<Kube, "get" | "serves">;
  /** With inventoryIndexers. */
  inventories: Informer<MachineInventory>;
  /** With selectorIndexers. */
  selectors: Informer<MachineInventorySelector>;
  /** Machines of Cluster API in the version that is served. */
  machineType: ResourceType<Machine>;
  machines: Informer<Machine>;
  /** Both empty; the controller fills them from its watches. */
  free: FreeInventories;
  waiting: WaitingSelectors;
}

/** The controller of MachineInventorySelectors; resources-and-controllers 2.3. It has no finalizer. */
export function selectorController(
  dependencies: SelectorControllerDependencies,
): Controller<MachineInventorySelector, Observation> {
  const { kube, inventories, selectors, machines, machineType, free, waiting } = dependencies;
  const unapproved = new FreeInventories(isUnapproved);
  // Before the sources below, which ask them about the same change.
  follow(inventories, free);
  follow(inventories, unapproved);
  follow(selectors, waiting);
  const inventorySource: Source<MachineInventory> = {
    type: machineInventories,
    keysFor: (change) => selectorsOf(change, waiting),
  };
  // A late bootstrap Secret name is picked up at once.
  const machineSource: Source<Machine> = {
    type: machineType,
    keysFor: ({ previous, current }) => {
      const machine = current ?? previous;
      return machine ? selectors.byIndex(indexes.machine, formatKey(objectKey(machine))).map(objectKey) : [];
    },
  };
  return {
    name: controllerName,
    type: machineInventorySelectors,
    sources: [inventorySource, machineSource],
    observe: observer({
      kube,
      inventories,
      machines,
      free,
      unapproved,
      waiting,
      reservations: new Reservations(),
      planSecrets: new PlanSecrets(kube),
    }),
    reconcile,
    failed,
  };
}

/** Keeps an index up to what the watch knows. */
function follow<T extends KubeObject>(informer: Informer<T>, index: { apply(change: Change<T>): void }): void {
  for (const current of informer.list()) index.apply({ previous: undefined, current });
  informer.onChange((change) => index.apply(change));
}

/** The selectors that a change of an inventory concerns: its owner before and after, or who waits for it. */
function selectorsOf({ previous, current }: Change<MachineInventory>, waiting: WaitingSelectors): ObjectKey[] {
  const owners = [previous, current].flatMap((inventory) => {
    const owner = inventory && selectorOwner(inventory);
    return owner ? [{ namespace: inventory.metadata.namespace ?? "", name: owner.name }] : [];
  });
  const next = current && isFree(current) ? waiting.next(current) : undefined;
  return next ? [...owners, next] : owners;
}
