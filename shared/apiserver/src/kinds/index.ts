import type { Resource } from "../resources/resource.ts";
import { configMaps } from "./config-map.ts";
import { customResourceDefinitions } from "./custom-resource-definition.ts";
import { namespaces } from "./namespace.ts";
import { events, leases, nodes, pods, rbac, serviceAccounts, services } from "./plain.ts";
import { secrets } from "./secret.ts";

/** Every kind that is served without a CustomResourceDefinition. */
export const builtInKinds: readonly Resource[] = [
  configMaps,
  events,
  namespaces,
  nodes,
  pods,
  secrets,
  serviceAccounts,
  services,
  customResourceDefinitions,
  leases,
  ...rbac,
];
