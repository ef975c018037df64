import { findCondition } from "./conditions.ts";
import type { MachineInventory } from "./kinds/machine-inventory.ts";
import { conditionTypes } from "./names/conditions.ts";
import { annotations } from "./names/metadata.ts";

/** Whether somebody has to approve the machine before it gets or does anything. */
export function awaitsApproval({ metadata, spec }: MachineInventory): boolean {
  return spec?.approval === "Manual" && metadata.annotations?.[annotations.approved] !== "true";
}

/** Whether the machine may be used: it waits for nobody and was not denied, as far as its conditions tell. */
export function isAdmitted(inventory: MachineInventory): boolean {
  const condition = findCondition(inventory.status?.conditions, conditionTypes.approved);
  return !awaitsApproval(inventory) && (condition === undefined || condition.status === "True");
}
