import { annotations, planTypes, type Secret } from "@elemental/api";
import type { Operation } from "@elemental/controller";
import type { EventInput } from "@elemental/kube";
import { ownershipOf } from "../ownership/ownership.ts";
import type { ObservedInventory } from "./observed.ts";
import { createPlanSecret, currentChecksum, planChecksum, planTypeOf, replacePlan, takeOver } from "./plan-secret.ts";
import { type PlanProgress, planFailureMessage, planProgress } from "./plan-status.ts";
import { resetPlan } from "./reset-plan.ts";

/** How far the reset of a machine whose inventory is being deleted has got. */
export type DeletionDecision =
  | { kind: "finished"; event?: EventInput }
  /** `checksum` is that of the reset plan. */
  | { kind: "resetting"; operations: Operation[]; checksum: string; event?: EventInput }
  | { kind: "failed"; message: string; progress: PlanProgress }
  /** The plan Secret is not ours to write. */
  | { kind: "blocked"; message: string };

/** Why the inventory is still there, and what to do if the machine is not. */
export const resetPending = `waiting for plan to be applied: the machine has to reset itself first; if it is gone for good, set the annotation ${annotations.machineGone} to "true"`;

const events = {
  written: { type: "Normal", reason: "ResetPlanWritten", message: "The machine was told to reset itself" },
  applied: { type: "Normal", reason: "MachineReset", message: "The machine applied its reset plan" },
  gone: {
    type: "Warning",
    reason: "MachineGone",
    message: `Deleted without a reset, as the annotation ${annotations.machineGone} says`,
  },
} as const satisfies Record<string, EventInput>;

/**
 * Has a resettable machine apply the reset plan before its inventory goes (resources-and-controllers 2.2.6, hardening).
 * Only the checksum of the reset plan that the Secret holds ends the reset.
 */
export function decideDeletion({ inventory, planSecret }: ObservedInventory, now: Date): DeletionDecision {
  if (inventory.metadata.annotations?.[annotations.resettable] !== "true") return { kind: "finished" };
  if (inventory.metadata.annotations[annotations.machineGone] === "true") {
    return { kind: "finished", event: events.gone };
  }
  const plan = resetPlan(inventory, now);
  if (planSecret === undefined) return writing(plan, [createPlanSecret(inventory, plan, planTypes.reset)]);
  const ownership = ownershipOf(planSecret, inventory);
  if (ownership === "foreign") {
    return { kind: "blocked", message: "secret already exists and was not created by this controller" };
  }
  if (ownership === "stale") {
    return writing(plan, [takeOver(planSecret, inventory, { plan, type: planTypes.reset })]);
  }
  if (planTypeOf(planSecret) === planTypes.reset) return resetProgress(planSecret);
  return writing(plan, [replacePlan(planSecret, plan, planTypes.reset)]);
}

function writing(plan: string, operations: Operation[]): DeletionDecision {
  return { kind: "resetting", operations, checksum: planChecksum(plan), event: events.written };
}

function resetProgress(secret: Secret): DeletionDecision {
  const progress = planProgress(secret);
  if (progress.state === "Applied") return { kind: "finished", event: events.applied };
  if (progress.state === "Waiting") return { kind: "resetting", operations: [], checksum: currentChecksum(secret) };
  return { kind: "failed", message: `updating inventory with plan status: ${planFailureMessage(progress)}`, progress };
}
