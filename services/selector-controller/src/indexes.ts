import { formatKey, type MachineInventory, type MachineInventorySelector } from "@elemental/api";
import { isFree } from "./adoption/candidates.ts";
import { selectorOwner } from "./adoption/ownership.ts";
import { isWaiting } from "./adoption/waiting-selectors.ts";
import { ownerMachine } from "./bootstrap/inputs.ts";

/** Names of the indexes of both caches. */
export const indexes = {
  /** Free inventories by namespace. */
  free: "free",
  /** Inventories by the UID of the selector that owns them. */
  selector: "selector",
  /** Selectors without inventory by namespace. */
  waiting: "waiting",
  /** Selectors by `namespace/name` of their Machine. */
  machine: "machine",
} as const;

export const inventoryIndexers = {
  [indexes.free]: (inventory: MachineInventory) => (isFree(inventory) ? [inventory.metadata.namespace ?? ""] : []),
  [indexes.selector]: (inventory: MachineInventory) => {
    const owner = selectorOwner(inventory);
    return owner ? [owner.uid] : [];
  },
};

export const selectorIndexers = {
  [indexes.waiting]: (selector: MachineInventorySelector) =>
    isWaiting(selector) ? [selector.metadata.namespace ?? ""] : [],
  [indexes.machine]: (selector: MachineInventorySelector) => {
    const machine = ownerMachine(selector);
    return machine ? [formatKey({ namespace: selector.metadata.namespace ?? "", name: machine.name })] : [];
  },
};
