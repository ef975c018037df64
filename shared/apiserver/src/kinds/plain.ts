import { isRecord } from "../object/object.ts";
import { pathSegmentErrors } from "../registry/names.ts";
import { defineKind } from "./define.ts";

function fieldsAt(object: object, paths: readonly string[]): Record<string, string> {
  return Object.fromEntries(paths.map((path) => [path, textAt(object, path)]));
}

function textAt(object: object, path: string): string {
  let value: unknown = object;
  for (const name of path.split(".")) value = isRecord(value) ? value[name] : undefined;
  return typeof value === "string" ? value : "";
}

export const serviceAccounts = defineKind({
  group: "",
  version: "v1",
  kind: "ServiceAccount",
  plural: "serviceaccounts",
  namespaced: true,
  definition: "io.k8s.api.core.v1.ServiceAccount",
  shortNames: ["sa"],
  strategy: { returnsDeleted: true },
});

export const services = defineKind({
  group: "",
  version: "v1",
  kind: "Service",
  plural: "services",
  namespaced: true,
  definition: "io.k8s.api.core.v1.Service",
  shortNames: ["svc"],
  categories: ["all"],
  subresources: ["status"],
  strategy: { returnsDeleted: true },
});

export const pods = defineKind({
  group: "",
  version: "v1",
  kind: "Pod",
  plural: "pods",
  namespaced: true,
  definition: "io.k8s.api.core.v1.Pod",
  shortNames: ["po"],
  categories: ["all"],
  subresources: ["status", "log"],
  strategy: {
    returnsDeleted: true,
    hasGeneration: true,
    selectableFields: (object) =>
      fieldsAt(object, [
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.serviceAccountName",
        "status.phase",
        "status.podIP",
      ]),
    restrictUpdate: {
      binding(object, old) {
        const nodeName = isRecord(object.spec) ? object.spec.nodeName : undefined;
        return { ...old, spec: { ...(isRecord(old.spec) ? old.spec : {}), nodeName }, status: object.status };
      },
    },
  },
});

export const nodes = defineKind({
  group: "",
  version: "v1",
  kind: "Node",
  plural: "nodes",
  namespaced: false,
  definition: "io.k8s.api.core.v1.Node",
  shortNames: ["no"],
  subresources: ["status"],
});

export const events = defineKind({
  group: "",
  version: "v1",
  kind: "Event",
  plural: "events",
  namespaced: true,
  definition: "io.k8s.api.core.v1.Event",
  shortNames: ["ev"],
  strategy: {
    createsOnUpdate: true,
    selectableFields: (object) => ({
      ...fieldsAt(object, [
        ...["apiVersion", "fieldPath", "kind", "name", "namespace", "resourceVersion", "uid"].map(
          (field) => `involvedObject.${field}`,
        ),
        "reason",
        "reportingComponent",
        "type",
      ]),
      source: textAt(object, "source.component") || textAt(object, "reportingComponent"),
    }),
  },
});

export const leases = defineKind({
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
  namespaced: true,
  definition: "io.k8s.api.coordination.v1.Lease",
  strategy: { createsOnUpdate: true, allowsUnconditionalUpdate: false },
});

export const rbac = (
  [
    ["Role", "roles", true],
    ["RoleBinding", "rolebindings", true],
    ["ClusterRole", "clusterroles", false],
    ["ClusterRoleBinding", "clusterrolebindings", false],
  ] as const
).map(([kind, plural, namespaced]) =>
  defineKind({
    group: "rbac.authorization.k8s.io",
    version: "v1",
    kind,
    plural,
    namespaced,
    definition: `io.k8s.api.rbac.v1.${kind}`,
    strategy: { createsOnUpdate: true, validateName: pathSegmentErrors },
  }),
);
