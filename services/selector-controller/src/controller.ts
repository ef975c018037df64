import {
  formatKey,
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
import { isFree } from "./adoption/candidates.ts";
import { selectorOwner } from "./adoption/ownership.ts";
import { Reservations } from "./adoption/reservations.ts";
import { WaitingSelectors } from "./adoption/waiting-selectors.ts";
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
  machines: ResourceType<Machine>;
}

/** The controller of MachineInventorySelectors; resources-and-controllers 2.3. It has no finalizer. */
export function selectorController(
  dependencies: SelectorControllerDependencies,
): Controller<MachineInventorySelector, Observation> {
  const { kube, inventories, selectors, machines } = dependencies;
  const waiting = new WaitingSelectors((namespace) => selectors.byIndex(indexes.waiting, namespace));
  const inventorySource: Source<MachineInventory> = {
    type: machineInventories,
    keysFor: (change) => selectorsOf(change, waiting),
  };
  // A late bootstrap Secret name is picked up at once.
  const machineSource: Source<Machine> = {
    type: machines,
    keysFor: ({ previous, current }) => {
      const machine = current ?? previous;
      return machine ? selectors.byIndex(indexes.machine, formatKey(objectKey(machine))).map(objectKey) : [];
    },
  };
  return {
    name: controllerName,
    type: machineInventorySelectors,
    sources: [inventorySource, machineSource],
    observe: observer({ kube, inventories, reservations: new Reservations(), waiting }),
    reconcile,
    failed,
  };
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
