import { formatKey, type MachineInventory, type MachineInventorySelector } from "@elemental/api";
import { selectorOwner } from "./adoption/ownership.ts";
import { ownerMachine } from "./bootstrap/inputs.ts";

/** Names of the indexes of both caches. */
export const indexes = {
  /** Inventories by the UID of the selector that owns them. */
  selector: "selector",
  /** Selectors by `namespace/name` of their Machine. */
  machine: "machine",
} as const;

export const inventoryIndexers = {
  [indexes.selector]: (inventory: MachineInventory) => {
    const owner = selectorOwner(inventory);
    return owner ? [owner.uid] : [];
  },
};

export const selectorIndexers = {
  [indexes.machine]: (selector: MachineInventorySelector) => {
    const machine = ownerMachine(selector);
    return machine ? [formatKey({ namespace: selector.metadata.namespace ?? "", name: machine.name })] : [];
  },
};
