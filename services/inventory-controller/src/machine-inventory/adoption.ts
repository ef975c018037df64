import {
  apiVersion,
  type Condition,
  type ConditionInput,
  conditionTypes,
  findCondition,
  kubeTime,
  type MachineInventory,
  machineInventories,
  objectKey,
  planTypes,
  reasons,
} from "@elemental/api";
import type { Operation } from "@elemental/controller";
import type { ObservedInventory, ObservedOwner } from "./observed.ts";
import { planTypeOf } from "./plan-secret.ts";

/** What is known of the adoption, and what to do about it. */
export interface AdoptionDecision {
  /** Absent: what is known stays. */
  condition?: ConditionInput;
  operations?: Operation[];
  requeueAfterMs?: number;
  /** Why the adoption failed; the run backs off. */
  failed?: string;
}

/** How long a selector may take to record the inventory that it owns; resources-and-controllers 2.2.5, hardening. */
export const validationTimeoutMs = 30_000;
/** A selector normally refers to its inventory within this time, and then the validation needs no write of its own. */
const graceMs = 1_000;
const reason = reasons.machineInventory;
const type = conditionTypes.adoptionReady;

/** The owner reference to a selector, if the inventory has one. */
export function selectorOwner({ metadata }: MachineInventory) {
  return metadata.ownerReferences?.find(
    (reference) => reference.apiVersion === apiVersion && reference.kind === "MachineInventorySelector",
  );
}

/** Whether the selector that owns the inventory agrees (resources-and-controllers 2.2.5 with its hardening). */
export function decideAdoption(observed: ObservedInventory, now: Date): AdoptionDecision {
  const { owner, inventory } = observed;
  if (owner === undefined) return waiting("Waiting to be adopted");
  // A selector that is gone takes its inventory with it by garbage collection: that resets the machine.
  if (owner.selector === undefined) return failed(`failed to get machine inventory selector: ${owner.problem}`);
  const adopted = owner.selector.status?.machineInventoryRef?.name;
  if (adopted === inventory.metadata.name) {
    return { condition: { type, status: "True", reason: reason.adopted, message: "Successfully adopted" } };
  }
  return adopted
    ? dropped(observed, owner, "Ownership mismatch, dropping selector ownership")
    : validating(observed, owner, now);
}

/** Whether the decision may take the inventory from its owner: for nothing else are stale caches good enough. */
export function mayEndAdoption(inventory: MachineInventory, { selector }: ObservedOwner): boolean {
  const adopted = selector?.status?.machineInventoryRef?.name;
  if (adopted) return adopted !== inventory.metadata.name;
  const known = findCondition(inventory.status?.conditions, type);
  return known !== undefined && known.status !== "False";
}

function waiting(message: string): AdoptionDecision {
  return { condition: { type, status: "False", reason: reason.waitingToBeAdopted, message } };
}

function failed(message: string): AdoptionDecision {
  return { condition: { type, status: "False", reason: reason.adoptionFailure, message }, failed: message };
}

function validating(observed: ObservedInventory, owner: ObservedOwner, now: Date): AdoptionDecision {
  const known = findCondition(observed.inventory.status?.conditions, type);
  if (known?.status === "True") return dropped(observed, owner, "Ownership mismatch, dropping selector ownership");
  const waitedMs = owner.unconfirmedSince ? now.getTime() - owner.unconfirmedSince.getTime() : graceMs;
  if (known?.status !== "Unknown" && waitedMs < graceMs) return { requeueAfterMs: graceMs - waitedMs };
  const deadline = new Date(validationStart(known, now) + validationTimeoutMs);
  if (now >= deadline) {
    const message = `Adoption timeout, dropping selector ownership. Deadline was: ${kubeTime(deadline)} `;
    return dropped(observed, owner, message);
  }
  const message = "Adoption being validated";
  const condition = { type, status: "Unknown", reason: reason.validatingAdoption, message } as const;
  // A change of the selector wakes us before that.
  return { condition, requeueAfterMs: deadline.getTime() - now.getTime() };
}

/** The condition is Unknown from the first run that saw the owner. */
function validationStart(known: Condition | undefined, now: Date): number {
  return known?.status === "Unknown" ? Date.parse(known.lastTransitionTime) : now.getTime();
}

/** A provisioned machine must not become free without a reset: then the mismatch is only reported. */
function dropped(
  { inventory, planSecret }: ObservedInventory,
  owner: ObservedOwner,
  message: string,
): AdoptionDecision {
  const provisioned = planSecret !== undefined && planTypeOf(planSecret) === planTypes.bootstrap;
  return provisioned ? failed("Ownership mismatch") : { ...failed(message), operations: [dropOwner(inventory, owner)] };
}

function dropOwner(inventory: MachineInventory, { reference }: ObservedOwner): Operation {
  const { ownerReferences = [], resourceVersion } = inventory.metadata;
  const left = ownerReferences.filter(({ uid }) => uid !== reference.uid);
  const body = { metadata: { ownerReferences: left, resourceVersion } };
  return { kind: "patch", type: machineInventories, key: objectKey(inventory), patch: { type: "merge", body } };
}
