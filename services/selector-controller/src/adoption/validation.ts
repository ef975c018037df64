import {
  type Condition,
  conditionTypes,
  findCondition,
  formatKey,
  isTrue,
  kubeTime,
  type MachineInventory,
  type MachineInventorySelector,
  objectKey,
} from "@elemental/api";
import { isOwnedBy, selectorOwner } from "./ownership.ts";

/** How long an inventory may take to confirm; the inventory's own deadline is the same (resources-and-controllers 2.2.5). */
export const validationMs = 30_000;

/** Whether the selector has its inventory: confirmed, to be waited for, to be given up, or lost after the bootstrap. */
export type Validation =
  | { kind: "adopted" }
  | { kind: "wait"; remainingMs: number }
  /** The inventory is the selector's and has not said so: to choose another one would leave two of them. */
  | { kind: "overdue"; message: string }
  | { kind: "restart"; message: string }
  | { kind: "lost"; message: string };

/** Judges the adoption; resources-and-controllers 2.3.3. It goes on being judged after it succeeded (D-42). */
export function validate(
  selector: MachineInventorySelector,
  inventory: MachineInventory | undefined,
  now: Date,
): Validation {
  const loss = lossOf(selector, inventory);
  if (!inventory || loss !== undefined) return giveUp(selector, loss);
  const condition = findCondition(selector.status?.conditions, conditionTypes.inventoryReady);
  if (!condition) {
    return {
      kind: "restart",
      message: "missing required InventoryReadyCondition it must be already set at this phase",
    };
  }
  if (isConfirmed(selector, inventory)) return { kind: "adopted" };
  return awaitConfirmation(condition, now, isOwnedBy(inventory, selector));
}

/** Whether `validate` says adopted, which does not depend on the time. */
export function isAdopted(selector: MachineInventorySelector, inventory: MachineInventory | undefined): boolean {
  return validate(selector, inventory, new Date(0)).kind === "adopted";
}

// A selector that was confirmed once, or has handed its plan over, needs the ownership only.
function isConfirmed(selector: MachineInventorySelector, inventory: MachineInventory): boolean {
  if (!isOwnedBy(inventory, selector)) return false;
  const { conditions, bootstrapPlanChecksum } = selector.status ?? {};
  const before = isTrue(conditions, conditionTypes.inventoryReady) || Boolean(bootstrapPlanChecksum);
  return before || isTrue(inventory.status?.conditions, conditionTypes.adoptionReady);
}

function awaitConfirmation(condition: Condition, now: Date, owned: boolean): Validation {
  const deadline = new Date(Date.parse(condition.lastTransitionTime) + validationMs);
  const remainingMs = deadline.getTime() - now.getTime();
  const overdue = owned && (condition.status === "False" || remainingMs <= 0);
  if (overdue) return { kind: "overdue", message: "machine inventory has not confirmed its adoption in time" };
  if (remainingMs > 0) return { kind: "wait", remainingMs };
  const message = `machine inventory adoption validation timeout, restart adoption. Deadline was: ${kubeTime(deadline)}`;
  return { kind: "restart", message };
}

/** Why the inventory cannot be the selector's (any more); undefined when it may be. */
export function lossOf(
  selector: MachineInventorySelector,
  inventory: MachineInventory | undefined,
): string | undefined {
  const { namespace = "" } = selector.metadata;
  const name = formatKey({ namespace, name: selector.status?.machineInventoryRef?.name ?? "" });
  if (!inventory) return `failed to get machine inventory: machine inventory ${name} not found`;
  if (inventory.metadata.deletionTimestamp) return `machine inventory ${name} is being deleted`;
  const owner = selectorOwner(inventory);
  if (owner && owner.uid !== selector.metadata.uid) return "machine inventory ownership mismatch detected";
  const wasOurs = isTrue(selector.status?.conditions, conditionTypes.inventoryReady);
  return !owner && wasOurs ? `machine inventory ${name} was released` : undefined;
}

/** Whether the selector has named an inventory that never confirmed it. */
export function isClaiming({ status }: MachineInventorySelector): boolean {
  const condition = findCondition(status?.conditions, conditionTypes.inventoryReady);
  return condition?.status === "Unknown" && !status?.bootstrapPlanChecksum;
}

/** Why an inventory that cannot be claimed is not the selector's; undefined when it is. */
export function rejectionOf(
  selector: MachineInventorySelector,
  inventory: MachineInventory | undefined,
): string | undefined {
  const loss = lossOf(selector, inventory);
  if (loss !== undefined) return `${loss}, restart adoption`;
  if (inventory === undefined || isOwnedBy(inventory, selector)) return undefined;
  return `machine inventory ${formatKey(objectKey(inventory))} is not free any more, restart adoption`;
}

function giveUp(selector: MachineInventorySelector, loss = ""): Validation {
  if (!selector.status?.bootstrapPlanChecksum) return { kind: "restart", message: `${loss}, restart adoption` };
  const message = `${loss}; its bootstrap plan was written, so a new machine needs a new Machine`;
  return { kind: "lost", message };
}
