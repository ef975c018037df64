import { createHash } from "node:crypto";
import {
  apiVersion,
  type Condition,
  controllerOwnerReference,
  type KubeObject,
  type MachineInventory,
  type MachineInventorySelector,
  type MachineRegistration,
  machineInventories,
  machineInventorySelectors,
  machineRegistrations,
  machines,
  type ResourceType,
  roleBindings,
  roles,
  type Secret,
  secrets,
  serviceAccounts,
} from "@elemental/api";
import type { Kube } from "@elemental/kube";

const since = "2025-03-04T05:06:07Z";
const name = "taken";
const managed = { "elemental.cattle.io/managed": "true" };
const rbac = "rbac.authorization.k8s.io";

/** An object as elemental-operator 1.9 leaves it. */
type Left = { type: ResourceType; object: KubeObject };

/** A bootstrap plan in the encoding of Go: it must be known by its bytes and never be encoded anew. */
export const planBytes = `{"files":[],"instructions":[{"command":"bash","args":["-c","a \\u0026\\u0026 b"]}]}\n`;
export const planChecksum = createHash("sha256").update(planBytes).digest("hex");

function condition(type: string, reason: string): Condition {
  return { type, status: "True", reason, message: "", lastTransitionTime: since };
}

/** A registration with a machine that is a node of a cluster, with all that the reference keeps for them. */
export async function createReferenceObjects(kube: Kube, namespace: string, serverUrl: string): Promise<Left[]> {
  const left: Left[] = [];
  const create = async <T extends KubeObject & { status?: unknown }>(type: ResourceType<T>, object: T): Promise<T> => {
    const { status, ...rest } = object;
    let created = await kube.create(type, rest as T);
    if (status) created = await kube.patchStatus(type, { namespace, name }, { type: "merge", body: { status } });
    left.push({ type, object: created });
    return created;
  };
  const registration = await create(machineRegistrations, registrationOf(namespace, serverUrl));
  for (const { type, object } of accessOf(namespace, registration)) await create(type, object);
  const machine = await kube.create(machines("v1beta2"), {
    apiVersion: "cluster.x-k8s.io/v1beta2",
    kind: "Machine",
    metadata: { namespace, name },
    spec: { clusterName: "c", bootstrap: { dataSecretName: "gone-since" } },
  });
  const selector = await create(machineInventorySelectors, selectorOf(namespace, machine));
  const inventory = await create(machineInventories, inventoryOf(namespace, selector));
  await create(secrets, planSecretOf(namespace, inventory));
  return left;
}

function registrationOf(namespace: string, serverUrl: string): MachineRegistration {
  const registrationToken = "bcdfghjklmnpqrstvwxz2456789bcdfghjklmnpqrstvwxz2456789";
  return {
    apiVersion,
    kind: "MachineRegistration",
    metadata: { namespace, name },
    spec: { config: { elemental: { registration: { auth: "tpm" } } } },
    status: {
      conditions: [condition("Ready", "SuccessfullyCreated")],
      registrationToken,
      registrationURL: `${serverUrl}/elemental/registration/${registrationToken}`,
      serviceAccountRef: { kind: "ServiceAccount", namespace, name },
    },
  };
}

function accessOf(namespace: string, registration: MachineRegistration): Left[] {
  const ownerReferences = [controllerOwnerReference(registration, machineRegistrations)];
  const metadata = { namespace, name, labels: managed, ownerReferences };
  const annotations = { "kubernetes.io/service-account.name": name };
  const token = {
    metadata: { namespace, name: `${name}-token`, annotations, ownerReferences },
    type: "kubernetes.io/service-account-token",
  };
  const verbs = ["get", "watch", "list", "update", "patch"];
  const rules = [{ apiGroups: [""], resources: ["secrets"], verbs }];
  const subjects = [{ kind: "ServiceAccount", name, namespace }];
  const roleRef = { apiGroup: rbac, kind: "Role", name };
  return [
    { type: roles, object: { apiVersion: `${rbac}/v1`, kind: "Role", metadata, rules } as KubeObject },
    { type: serviceAccounts, object: { apiVersion: "v1", kind: "ServiceAccount", metadata } },
    { type: secrets, object: { apiVersion: "v1", kind: "Secret", ...token } as KubeObject },
    {
      type: roleBindings,
      object: { apiVersion: `${rbac}/v1`, kind: "RoleBinding", metadata, subjects, roleRef } as KubeObject,
    },
  ];
}

function selectorOf(namespace: string, machine: KubeObject): MachineInventorySelector {
  return {
    apiVersion,
    kind: "MachineInventorySelector",
    metadata: { namespace, name, ownerReferences: [controllerOwnerReference(machine, machines("v1beta2"))] },
    spec: { providerID: "rke2://taken", selector: { matchLabels: { site: "a" } } },
    status: {
      ready: true,
      bootstrapPlanChecksum: planChecksum,
      machineInventoryRef: { name },
      addresses: [{ type: "InternalIP", address: "192.0.2.1" }],
      conditions: [condition("Ready", "SelectorReady"), condition("InventoryReady", "SuccessfullyAdoptedInventory")],
    },
  };
}

function inventoryOf(namespace: string, selector: MachineInventorySelector): MachineInventory {
  return {
    apiVersion,
    kind: "MachineInventory",
    metadata: {
      namespace,
      name,
      labels: { site: "a" },
      annotations: { "elemental.cattle.io/resettable": "true" },
      finalizers: ["machineinventory.elemental.cattle.io"],
      ownerReferences: [controllerOwnerReference(selector, machineInventorySelectors)],
    },
    spec: { tpmHash: "0".repeat(64), network: { configurator: "none" } },
    status: {
      plan: { checksum: planChecksum, state: "Applied", secretRef: { namespace, name } },
      conditions: [
        condition("NetworkConfigReady", "ReconcilingNetworkConfig"),
        condition("Ready", "PlanSuccessfullyApplied"),
        condition("AdoptionReady", "SuccessfullyAdopted"),
      ],
    },
  };
}

function planSecretOf(namespace: string, inventory: MachineInventory): Secret {
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "elemental.cattle.io/plan",
    metadata: {
      namespace,
      name,
      labels: managed,
      annotations: { "elemental.cattle.io/plan.type": "bootstrap" },
      ownerReferences: [controllerOwnerReference(inventory, machineInventories)],
    },
    data: {
      plan: Buffer.from(planBytes).toString("base64"),
      "applied-checksum": Buffer.from(planChecksum).toString("base64"),
    },
  };
}
