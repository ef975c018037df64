import type { GroupVersionResource } from "../loopback.ts";

const core = (resource: string): GroupVersionResource => ({ group: "", version: "v1", resource });

/** The collections that the runtime itself works with. */
export const collections = {
  pods: core("pods"),
  nodes: core("nodes"),
  events: core("events"),
  secrets: core("secrets"),
  configMaps: core("configmaps"),
  services: core("services"),
  namespaces: core("namespaces"),
  serviceAccounts: core("serviceaccounts"),
  leases: { group: "coordination.k8s.io", version: "v1", resource: "leases" },
  customResourceDefinitions: { group: "apiextensions.k8s.io", version: "v1", resource: "customresourcedefinitions" },
} as const;
