import {
  apiVersion,
  type Condition,
  conditionTypes,
  type MachineInventory,
  type MachineInventorySelector,
  type MachineRegistration,
  type ObjectMeta,
  type Secret,
  secretTypes,
} from "@elemental/api";

const created = "2026-01-01T00:00:00Z";

type Meta = Partial<ObjectMeta>;

function meta(name: string, changes: Meta = {}): ObjectMeta {
  return {
    name,
    namespace: "fleet-default",
    uid: `uid-${name}`,
    resourceVersion: "1",
    generation: 1,
    creationTimestamp: created,
    ...changes,
  };
}

export function registration(
  parts: Partial<Omit<MachineRegistration, "metadata">> & { metadata?: Meta } = {},
): MachineRegistration {
  const { metadata, ...rest } = parts;
  return { apiVersion, kind: "MachineRegistration", spec: {}, ...rest, metadata: meta("reg", metadata) };
}

export function inventory(
  parts: Partial<Omit<MachineInventory, "metadata">> & { metadata?: Meta } = {},
): MachineInventory {
  const { metadata, ...rest } = parts;
  return { apiVersion, kind: "MachineInventory", spec: {}, ...rest, metadata: meta("m1", metadata) };
}

export function selector(inventoryName?: string): MachineInventorySelector {
  const status = inventoryName === undefined ? {} : { machineInventoryRef: { name: inventoryName } };
  return { apiVersion, kind: "MachineInventorySelector", metadata: meta("sel"), spec: {}, status };
}

export function ownedBy(kind: string, name: string, uid = `uid-${name}`) {
  return { apiVersion, kind, name, uid, controller: true };
}

/** A plan Secret of the inventory `m1`; `data` is text. */
export function planSecret(data: Record<string, string>, planType = "empty", metadata: Meta = {}): Secret {
  const encoded = Object.entries({ plan: "{}", ...data }).map(([key, value]) => [
    key,
    Buffer.from(value).toString("base64"),
  ]);
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: secretTypes.plan,
    metadata: meta("m1", {
      labels: { "elemental.cattle.io/managed": "true" },
      annotations: { "elemental.cattle.io/plan.type": planType },
      ownerReferences: [ownedBy("MachineInventory", "m1")],
      ...metadata,
    }),
    data: Object.fromEntries(encoded),
  };
}

export function condition(
  type: string,
  status: Condition["status"],
  reason: string,
  changes: Partial<Condition> = {},
): Condition {
  return { type, status, reason, message: "", lastTransitionTime: created, ...changes };
}

/** `Status/Reason: message` of each condition, for comparisons. */
export function summary(conditions: readonly Condition[] | undefined): Record<string, string> {
  return Object.fromEntries(
    (conditions ?? []).map(({ type, status, reason, message }) => [type, `${status} ${reason}: ${message}`]),
  );
}

/** The summary of `Ready`. */
export function readiness(conditions: readonly Condition[] | undefined): string | undefined {
  return summary(conditions)[conditionTypes.ready];
}
