import { annotations, planTypes, type Secret } from "@elemental/api";
import type { Operation } from "@elemental/controller";
import { ownershipOf } from "../ownership/ownership.ts";
import type { ObservedInventory } from "./observed.ts";
import {
  createPlanSecret,
  currentChecksum,
  planChecksum,
  planTypeOf,
  reownSecret,
  replacePlan,
} from "./plan-secret.ts";
import { type PlanProgress, planFailureMessage, planProgress } from "./plan-status.ts";
import { resetPlan } from "./reset-plan.ts";

/** How far the reset of a machine whose inventory is being deleted has got. */
export type DeletionDecision =
  | { kind: "finished" }
  /** `checksum` is that of the reset plan. */
  | { kind: "resetting"; operations: Operation[]; checksum: string }
  | { kind: "failed"; message: string; progress: PlanProgress }
  /** The plan Secret is not ours to write. */
  | { kind: "blocked"; message: string };

/**
 * Has a resettable machine apply the reset plan before its inventory goes (resources-and-controllers 2.2.6, hardening).
 * Only the checksum of the reset plan that the Secret holds ends the reset.
 */
export function decideDeletion({ inventory, planSecret }: ObservedInventory, now: Date): DeletionDecision {
  if (inventory.metadata.annotations?.[annotations.resettable] !== "true") return { kind: "finished" };
  const plan = resetPlan(inventory, now);
  if (planSecret === undefined) return writing(plan, [createPlanSecret(inventory, plan, planTypes.reset)]);
  const ownership = ownershipOf(planSecret, inventory);
  if (ownership === "foreign") {
    return { kind: "blocked", message: "secret already exists and was not created by this controller" };
  }
  // The change of its owner wakes us again, and then the plan is written.
  if (ownership === "stale") return writing(plan, [reownSecret(planSecret, inventory)]);
  if (planTypeOf(planSecret) === planTypes.reset) return resetProgress(planSecret);
  return writing(plan, [replacePlan(planSecret, plan, planTypes.reset)]);
}

function writing(plan: string, operations: Operation[]): DeletionDecision {
  return { kind: "resetting", operations, checksum: planChecksum(plan) };
}

function resetProgress(secret: Secret): DeletionDecision {
  const progress = planProgress(secret);
  if (progress.state === "Applied") return { kind: "finished" };
  if (progress.state === "Waiting") return { kind: "resetting", operations: [], checksum: currentChecksum(secret) };
  return { kind: "failed", message: `updating inventory with plan status: ${planFailureMessage(progress)}`, progress };
}
