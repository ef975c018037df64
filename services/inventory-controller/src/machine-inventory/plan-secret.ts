import { createHash } from "node:crypto";
import {
  annotations,
  controllerOwnerReference,
  labels,
  type MachineInventory,
  machineInventories,
  objectKey,
  type planTypes,
  type Secret,
  secrets,
  secretTypes,
} from "@elemental/api";
import type { Operation } from "@elemental/controller";
import { ownershipOf } from "../ownership/ownership.ts";

/** What a plan is for; the value of the Secret's annotation. */
export type PlanType = (typeof planTypes)[keyof typeof planTypes];

/** The plan with which a machine shows that it reaches us. */
export const emptyPlan = "{}";

/** Lower-case hex SHA-256 of the bytes of a plan, by which agents and we name it. */
export function planChecksum(plan: string | Buffer): string {
  return createHash("sha256").update(plan).digest("hex");
}

/** A key of the Secret as text; the empty string when it is absent. */
export function secretText(secret: Secret, key: string): string {
  return Buffer.from(secret.data?.[key] ?? "", "base64").toString("utf8");
}

/** Checksum of the plan that the Secret holds now. */
export function currentChecksum(secret: Secret): string {
  return planChecksum(Buffer.from(secret.data?.["plan"] ?? "", "base64"));
}

export function planTypeOf(secret: Secret): string | undefined {
  return secret.metadata.annotations?.[annotations.planType];
}

/** Creates the plan Secret of an inventory (resources-and-controllers 2.2.2). */
export function createPlanSecret(inventory: MachineInventory, plan: string, type: PlanType): Operation {
  const { name, namespace = "" } = inventory.metadata;
  const object: Secret = {
    apiVersion: "v1",
    kind: "Secret",
    type: secretTypes.plan,
    metadata: {
      name,
      namespace,
      labels: { [labels.managed]: "true" },
      annotations: { [annotations.planType]: type },
      ownerReferences: [controllerOwnerReference(inventory, machineInventories)],
    },
    data: { plan: Buffer.from(plan).toString("base64") },
  };
  return { kind: "create", type: secrets, object };
}

/** Replaces the plan of a Secret and clears what the agent reported of the old one, if the Secret is still as observed. */
export function replacePlan(secret: Secret, plan: string, type: PlanType): Operation {
  const { metadata, data } = planChange(plan, type);
  const body = { metadata: { ...metadata, resourceVersion: secret.metadata.resourceVersion }, data };
  return { kind: "patch", type: secrets, key: objectKey(secret), patch: { type: "merge", body } };
}

/**
 * Makes the inventory the owner of a Secret that its predecessor of the same name left. A plan that is given replaces the
 * one of the predecessor, which is kept otherwise: after a restored backup it is what the machine was provisioned with.
 */
export function takeOver(
  secret: Secret,
  inventory: MachineInventory,
  replacement?: { plan: string; type: PlanType },
): Operation {
  const others = (secret.metadata.ownerReferences ?? []).filter((reference) => reference.controller !== true);
  const ownerReferences = [...others, controllerOwnerReference(inventory, machineInventories)];
  const { resourceVersion } = secret.metadata;
  const changes = replacement && planChange(replacement.plan, replacement.type);
  const body = { ...changes, metadata: { ...changes?.metadata, resourceVersion, ownerReferences } };
  return { kind: "patch", type: secrets, key: objectKey(secret), patch: { type: "merge", body } };
}

/** What to write for another plan: what the agent reported of the old one is cleared. */
function planChange(plan: string, type: PlanType) {
  return {
    metadata: { annotations: { [annotations.planType]: type } },
    data: { plan: Buffer.from(plan).toString("base64"), "applied-checksum": "", "failed-checksum": "" },
  };
}

/** Why the Secret of the inventory's name must not be used as its plan; undefined when it may. */
export function planSecretProblem(secret: Secret, inventory: MachineInventory): string | undefined {
  const { namespace, name } = objectKey(secret);
  if (ownershipOf(secret, inventory) === "foreign") {
    return `Secret ${namespace}/${name} exists and does not belong to this MachineInventory; delete or rename it`;
  }
  if (secret.type === secretTypes.plan) return undefined;
  return `Secret ${namespace}/${name} has type ${secret.type ?? "Opaque"} instead of ${secretTypes.plan}; delete it`;
}
