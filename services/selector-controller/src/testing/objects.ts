import {
  annotations,
  type Condition,
  controllerOwnerReference,
  type Machine,
  type MachineInventory,
  type MachineInventorySelector,
  machineInventories,
  type OwnerReference,
  planTypes,
  type Secret,
  secretTypes,
} from "@elemental/api";

export const namespace = "fleet-default";
export const earlier = "2026-01-02T03:04:05Z";
export const emptyPlanChecksum = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

export function condition(type: string, status: Condition["status"], overrides: Partial<Condition> = {}): Condition {
  return { type, status, reason: "Test", message: "", lastTransitionTime: earlier, ...overrides };
}

interface ObjectOptions<T extends MachineInventory | MachineInventorySelector> {
  metadata?: Partial<T["metadata"]>;
  spec?: T["spec"];
  status?: T["status"];
}

export function inventory(name: string, options: ObjectOptions<MachineInventory> = {}): MachineInventory {
  return {
    apiVersion: "elemental.cattle.io/v1beta1",
    kind: "MachineInventory",
    metadata: {
      namespace,
      name,
      uid: `uid-${name}`,
      resourceVersion: "1",
      creationTimestamp: earlier,
      ...options.metadata,
    },
    ...(options.spec && { spec: options.spec }),
    status: options.status ?? { plan: { secretRef: { namespace, name } } },
  };
}

export function selector(
  name: string,
  options: ObjectOptions<MachineInventorySelector> = {},
): MachineInventorySelector {
  return {
    apiVersion: "elemental.cattle.io/v1beta1",
    kind: "MachineInventorySelector",
    metadata: {
      namespace,
      name,
      uid: `uid-${name}`,
      resourceVersion: "1",
      creationTimestamp: earlier,
      ...options.metadata,
    },
    spec: options.spec ?? {},
    ...(options.status && { status: options.status }),
  };
}

export function ownedBy(name: string, overrides: Partial<OwnerReference> = {}): OwnerReference {
  return {
    apiVersion: "elemental.cattle.io/v1beta1",
    kind: "MachineInventorySelector",
    name,
    uid: `uid-${name}`,
    controller: true,
    ...overrides,
  };
}

export function planSecret(owner: MachineInventory, planType: string = planTypes.empty, plan = "{}"): Secret {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      namespace: owner.metadata.namespace ?? namespace,
      name: owner.metadata.name,
      annotations: { [annotations.planType]: planType, "example.com/kept": "yes" },
      ownerReferences: [controllerOwnerReference(owner, machineInventories)],
    },
    type: secretTypes.plan,
    data: { plan: Buffer.from(plan).toString("base64") },
  };
}

export function machine(name: string, dataSecretName?: string): Machine {
  return {
    apiVersion: "cluster.x-k8s.io/v1beta2",
    kind: "Machine",
    metadata: { namespace, name },
    spec: { clusterName: "c", bootstrap: dataSecretName === undefined ? {} : { dataSecretName } },
  };
}

export function machineOwner(name: string, version = "v1beta2"): OwnerReference {
  return { apiVersion: `cluster.x-k8s.io/${version}`, kind: "Machine", name, uid: `uid-${name}`, controller: true };
}

export function bootstrapSecret(name: string, value: Uint8Array | string = "#!/bin/sh\n"): Secret {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { namespace, name },
    type: secretTypes.bootstrap,
    data: { value: Buffer.from(value).toString("base64") },
  };
}
