import type { CustomResourceDefinition } from "@elemental/api";

/** Stands for Cluster API's own definition of Machine, of which our services read a few fields. */
export const machineDefinition: CustomResourceDefinition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "machines.cluster.x-k8s.io", annotations: { "api-approved.kubernetes.io": "unapproved, test" } },
  spec: {
    group: "cluster.x-k8s.io",
    scope: "Namespaced",
    names: { kind: "Machine", listKind: "MachineList", plural: "machines", singular: "machine" },
    versions: [
      {
        name: "v1beta2",
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};
