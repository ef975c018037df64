import {
  awaitsApproval,
  type ConditionInput,
  conditionTypes,
  type MachineInventory,
  planTypes,
  reasons,
} from "@elemental/api";
import type { Operation, Outcome } from "@elemental/controller";
import type { EventInput } from "@elemental/kube";
import { ownershipOf } from "../ownership/ownership.ts";
import { decideAdoption } from "./adoption.ts";
import { decideApproval } from "./approval.ts";
import { attestedCondition } from "./attested.ts";
import { decideDeletion, resetPending } from "./deletion.ts";
import { measuredBootCondition } from "./measured-boot.ts";
import { decideNetwork, networkReady } from "./network.ts";
import type { ObservedInventory } from "./observed.ts";
import { createPlanSecret, emptyPlan, planSecretProblem, planTypeOf, takeOver } from "./plan-secret.ts";
import { type PlanProgress, planFailureMessage, planProgress } from "./plan-status.ts";
import { StatusDraft } from "./status-draft.ts";
import { transitions } from "./transitions.ts";

type Status = NonNullable<MachineInventory["status"]>;

const reason = reasons.machineInventory;

/** Decides about a MachineInventory (resources-and-controllers 2.2.1 with its hardening). */
export function reconcileInventory(observed: ObservedInventory, now: Date): Outcome<Status> {
  const draft = new StatusDraft(observed.inventory, now);
  const decided = observed.inventory.metadata.deletionTimestamp
    ? whileDeleting(observed, now, draft)
    : whileLiving(observed, now, draft);
  const status = draft.status();
  const changes = transitions(observed.inventory.status?.conditions, status.conditions ?? []);
  return { ...decided, status, events: [...changes, ...(decided.events ?? [])] };
}

type Decided = Omit<Outcome<Status>, "status">;

function whileDeleting(observed: ObservedInventory, now: Date, draft: StatusDraft): Decided {
  const decision = decideDeletion(observed, now);
  switch (decision.kind) {
    case "finished":
      return { finalized: true, ...withEvent(decision) };
    case "blocked":
      return draft.fail(reason.planFailure, decision.message);
    case "failed":
      // The agent keeps trying, and its next report wakes us.
      draft.setPlan(decision.progress);
      draft.set({ ...planCondition(decision.progress), message: decision.message });
      return {};
    case "resetting":
      draft.expectPlan(decision.checksum);
      draft.set({ ...planCondition({ state: "Waiting" }), message: resetPending });
      return { operations: decision.operations, ...withEvent(decision) };
  }
}

function withEvent({ event }: { event?: EventInput }): { events?: EventInput[] } {
  return event ? { events: [event] } : {};
}

function whileLiving(observed: ObservedInventory, now: Date, draft: StatusDraft): Decided {
  const approval = decideApproval(observed);
  draft.setOrDrop(conditionTypes.approved, approval);
  draft.setOrDrop(conditionTypes.attested, attestedCondition(observed.inventory));
  draft.setOrDrop(conditionTypes.measuredBoot, measuredBootCondition(observed.inventory));
  // A machine that waits gets nothing, not even an empty plan: so nobody adopts it.
  const isNew = awaitsApproval(observed.inventory) && observed.planSecret === undefined;
  const decided = isNew ? {} : whileAdmitted(observed, now, draft);
  if (approval?.status === "False") draft.set({ ...approval, type: conditionTypes.ready });
  return decided;
}

function whileAdmitted(observed: ObservedInventory, now: Date, draft: StatusDraft): Decided {
  const plan = ensurePlanSecret(observed);
  if ("problem" in plan) return draft.fail(reason.planCreationFailure, plan.problem);
  draft.keepPlan();
  if (observed.addresses) return withoutAddresses(observed, now, { draft, operations: plan.operations });
  draft.set(networkReady);
  const progress: PlanProgress = observed.planSecret ? planProgress(observed.planSecret) : { state: "Waiting" };
  draft.setPlan(progress);
  draft.set(planCondition(progress));
  return withAdoption(observed, now, { draft, operations: plan.operations });
}

function withoutAddresses(
  observed: ObservedInventory,
  now: Date,
  { draft, operations }: { draft: StatusDraft; operations: Operation[] },
): Decided {
  const network = decideNetwork(observed, observed.addresses ?? { version: undefined, pools: {} }, now);
  for (const condition of network.conditions) draft.set(condition);
  return {
    operations: [...operations, ...(network.operations ?? [])],
    ...(network.requeueAfterMs !== undefined && { requeueAfterMs: network.requeueAfterMs }),
    ...(network.problem !== undefined && { error: draft.error(network.problem) }),
  };
}

function withAdoption(
  observed: ObservedInventory,
  now: Date,
  { draft, operations }: { draft: StatusDraft; operations: Operation[] },
): Decided {
  const adoption = decideAdoption(observed, now);
  if (adoption.condition) draft.set(adoption.condition);
  return {
    operations: [...operations, ...(adoption.operations ?? [])],
    ...(adoption.requeueAfterMs !== undefined && { requeueAfterMs: adoption.requeueAfterMs }),
    ...(adoption.failed !== undefined && { error: draft.error(adoption.failed) }),
  };
}

function ensurePlanSecret({
  inventory,
  planSecret,
}: ObservedInventory): { operations: Operation[] } | { problem: string } {
  if (planSecret === undefined) return { operations: [createPlanSecret(inventory, emptyPlan, planTypes.empty)] };
  const problem = planSecretProblem(planSecret, inventory);
  if (problem !== undefined) return { problem };
  if (ownershipOf(planSecret, inventory) === "owned") return { operations: [] };
  // The reset was the predecessor's: its machine comes back as this inventory.
  const replacement = planTypeOf(planSecret) === planTypes.reset && { plan: emptyPlan, type: planTypes.empty };
  return { operations: [takeOver(planSecret, inventory, replacement || undefined)] };
}

function planCondition(progress: PlanProgress): ConditionInput {
  const type = conditionTypes.ready;
  switch (progress.state) {
    case "Applied":
      return { type, status: "True", reason: reason.planApplied, message: "plan successfully applied" };
    case "Failed":
      return { type, status: "False", reason: reason.planFailure, message: planFailureMessage(progress) };
    case "Waiting":
      return { type, status: "False", reason: reason.waitingForPlan, message: "waiting for plan to be applied" };
  }
}
