import type { Resource } from "../resources/resource.ts";
import { configMaps } from "./config-map.ts";
import { customResourceDefinitions } from "./custom-resource-definition.ts";
import { events, groupedEvents } from "./event/index.ts";
import { leases } from "./lease.ts";
import { namespaces } from "./namespace.ts";
import { nodes } from "./node.ts";
import { pods } from "./pod/index.ts";
import { rbacKinds } from "./rbac.ts";
import { reviews } from "./review.ts";
import { secrets } from "./secret.ts";
import { services } from "./service/index.ts";
import { serviceAccounts } from "./service-account.ts";

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
  groupedEvents,
  leases,
  ...rbacKinds,
  ...reviews,
];
