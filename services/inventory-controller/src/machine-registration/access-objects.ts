import {
  annotations,
  controllerOwnerReference,
  labels,
  type MachineRegistration,
  machineRegistrations,
  type PolicyRule,
  type Role,
  type RoleBinding,
  type Secret,
  type ServiceAccount,
  secretTypes,
} from "@elemental/api";

const rbac = "rbac.authorization.k8s.io";

/** Name of the Secret that the cluster fills with the ServiceAccount's token. */
export function tokenSecretName(registration: MachineRegistration): string {
  return `${registration.metadata.name}-token`;
}

/**
 * What a shared credential may do: everything an agent does with the named plan Secrets. There is no rule without names,
 * because Kubernetes takes an empty list of names for all of them.
 */
export function sharedRules(planSecretNames: readonly string[]): PolicyRule[] {
  if (planSecretNames.length === 0) return [];
  const verbs = ["get", "watch", "list", "update", "patch"];
  return [{ apiGroups: [""], resources: ["secrets"], resourceNames: [...planSecretNames], verbs }];
}

export interface AccessObjects {
  role: Role;
  serviceAccount: ServiceAccount;
  tokenSecret: Secret;
  roleBinding: RoleBinding;
}

/** The RBAC objects of a registration as they should be (resources-and-controllers 2.1). */
export function accessObjects(registration: MachineRegistration, rules: PolicyRule[]): AccessObjects {
  const { name, namespace = "" } = registration.metadata;
  const ownerReferences = [controllerOwnerReference(registration, machineRegistrations)];
  const metadata = { name, namespace, labels: { [labels.managed]: "true" }, ownerReferences };
  return {
    role: { apiVersion: `${rbac}/v1`, kind: "Role", metadata, rules },
    serviceAccount: { apiVersion: "v1", kind: "ServiceAccount", metadata },
    tokenSecret: {
      apiVersion: "v1",
      kind: "Secret",
      type: secretTypes.serviceAccountToken,
      metadata: {
        name: tokenSecretName(registration),
        namespace,
        annotations: { [annotations.serviceAccountName]: name },
        ownerReferences,
      },
    },
    roleBinding: {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata,
      subjects: [{ kind: "ServiceAccount", name, namespace }],
      roleRef: { apiGroup: rbac, kind: "Role", name },
    },
  };
}
