import {
  annotations,
  awaitsApproval,
  conditionTypes,
  controllerOf,
  isAdmitted,
  isTrue,
  type MachineInventory,
  type MachineInventorySelector,
} from "@elemental/api";
import { selectorOwner } from "./ownership.ts";

/** Whether nothing about the inventory itself forbids to adopt it; resources-and-controllers 2.3.2. */
export function isFree(inventory: MachineInventory): boolean {
  const { metadata, status } = inventory;
  return (
    metadata.deletionTimestamp === undefined &&
    metadata.annotations?.[annotations.paused] === undefined &&
    selectorOwner(inventory) === undefined &&
    controllerOf(inventory) === undefined &&
    isAdmitted(inventory) &&
    Boolean(status?.plan?.secretRef?.name)
  );
}

/** Whether the inventory would be free if somebody approved it. */
export function isUnapproved(inventory: MachineInventory): boolean {
  const { deletionTimestamp } = inventory.metadata;
  return awaitsApproval(inventory) && deletionTimestamp === undefined && controllerOf(inventory) === undefined;
}

/** The order in which inventories are taken: ready ones first, then the oldest, then by name. */
export function byPreference(a: MachineInventory, b: MachineInventory): number {
  return Number(isReady(b)) - Number(isReady(a)) || byAge(a, b);
}

/** Older objects first, those of one second by name. */
export function byAge(a: MachineInventory | MachineInventorySelector, b: typeof a): number {
  return (
    compare(a.metadata.creationTimestamp ?? "", b.metadata.creationTimestamp ?? "") || compare(nameOf(a), nameOf(b))
  );
}

function isReady(inventory: MachineInventory): boolean {
  return isTrue(inventory.status?.conditions, conditionTypes.ready);
}

function nameOf(object: MachineInventory | MachineInventorySelector): string {
  return object.metadata.name;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
