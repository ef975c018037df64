import {
  annotations,
  awaitsApproval,
  type ConditionInput,
  conditionTypes,
  findCondition,
  type MachineInventory,
  reasons,
} from "@elemental/api";
import type { ObservedInventory } from "./observed.ts";

/** Who approved a machine and when, as the API server recorded it. */
export interface Approver {
  /** The field manager of the request; a program chooses its own. */
  manager: string;
  /** RFC 3339, by the clock of the API server. */
  time: string;
}

const reason = reasons.machineInventory;
const type = conditionTypes.approved;

/** Whether the machine may be used; undefined where nobody ever asked (its registration approves by itself). */
export function decideApproval({ inventory, deniedBy, approver }: ObservedInventory): ConditionInput | undefined {
  if (deniedBy !== undefined) {
    const message = `its hash is in spec.deny of MachineRegistration ${deniedBy}`;
    return { type, status: "False", reason: reason.denied, message };
  }
  if (inventory.spec?.approval !== "Manual") return undefined;
  if (awaitsApproval(inventory)) {
    const message = `waiting for the annotation ${annotations.approved}: "true"`;
    return { type, status: "False", reason: reason.waitingForApproval, message };
  }
  const known = approvedBefore(inventory);
  return { type, status: "True", reason: reason.approved, message: known?.message ?? approvedBy(approver) };
}

/** The condition of an approval that was told already. It stays as it was: who approved may write other things later. */
export function approvedBefore({ status }: MachineInventory) {
  const known = findCondition(status?.conditions, type);
  return known?.status === "True" ? known : undefined;
}

function approvedBy(approver: Approver | undefined): string {
  if (approver === undefined) return "approved; the API server did not record by whom";
  return `approved by field manager "${approver.manager}" at ${approver.time}`;
}
