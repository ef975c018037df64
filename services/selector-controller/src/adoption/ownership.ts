import {
  apiVersion,
  controllerOwnerReference,
  type MachineInventory,
  type MachineInventorySelector,
  machineInventorySelectors,
  type OwnerReference,
} from "@elemental/api";
import type { Patch } from "@elemental/kube";

/** The selector that owns the inventory, by the first reference of that kind; resources-and-controllers 2.2.5. */
export function selectorOwner(inventory: MachineInventory): OwnerReference | undefined {
  return inventory.metadata.ownerReferences?.find(isSelectorReference);
}

export function isOwnedBy(inventory: MachineInventory, selector: MachineInventorySelector): boolean {
  return selectorOwner(inventory)?.uid === selector.metadata.uid;
}

/** The patch that makes `selector` the controller of the inventory, provided that the inventory is still as it was read. */
export function claim(inventory: MachineInventory, selector: MachineInventorySelector): Patch {
  const { resourceVersion, ownerReferences = [] } = inventory.metadata;
  const foreign = ownerReferences.filter((owner) => !owner.controller && !isSelectorReference(owner));
  const own = controllerOwnerReference(selector, machineInventorySelectors);
  return { type: "merge", body: { metadata: { resourceVersion, ownerReferences: [...foreign, own] } } };
}

function isSelectorReference(owner: OwnerReference): boolean {
  return owner.apiVersion === apiVersion && owner.kind === machineInventorySelectors.kind;
}
