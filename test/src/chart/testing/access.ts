/** What a service may do or not; `all` asks for every namespace at once, `own` for that of the release. */
export interface Access {
  service: string;
  can: "can" | "cannot";
  verb: string;
  resource: string;
  name: string;
  namespace: "all" | "fleet" | "own";
}

const group = "elemental.cattle.io";

/** `resource` or `resource/name`, with as many verbs as are asked for. */
function rights(
  service: string,
  can: Access["can"],
  table: [verbs: string, resource: string, namespace?: Access["namespace"]][],
): Access[] {
  return table.flatMap(([verbs, target, namespace = "all"]) => {
    const [resource = "", name = ""] = target.split(" ");
    return verbs.split(",").map((verb) => ({ service, can, verb, resource, name, namespace }));
  });
}

/** What no service may do. */
const never: [string, string][] = [
  ["*", "*"],
  ["escalate,bind", "clusterroles.rbac.authorization.k8s.io"],
  ["create,patch", "clusterrolebindings.rbac.authorization.k8s.io"],
  ["impersonate", "users"],
  ["create", "serviceaccounts/token"],
  ["create", "pods/exec"],
  ["get", "nodes"],
  ["create,patch", "deployments.apps"],
  ["patch", "customresourcedefinitions.apiextensions.k8s.io"],
];

const services = [
  "registration-api",
  "inventory-controller",
  "selector-controller",
  "osversion-syncer",
  "seedimage-builder",
];

/** The table of rights that the chart gives. */
export const access: Access[] = [
  ...services.flatMap((service) => rights(service, "cannot", never)),
  ...rights("registration-api", "can", [
    ["get,list,watch", `machineregistrations.${group}`],
    ["create,patch,delete", `machineinventories.${group}`],
    ["get", "secrets tpm-ca", "fleet"],
  ]),
  ...rights("registration-api", "cannot", [
    ["get,list,watch,create,patch,delete", "secrets"],
    ["get", "secrets machine", "fleet"],
    ["get,list", "secrets", "own"],
    ["patch", `machineregistrations.${group}`],
    ["create,patch", "serviceaccounts"],
    ["create", "pods"],
  ]),
  ...rights("inventory-controller", "can", [
    ["get,list,watch,create,patch", "secrets"],
    ["create", "serviceaccounts"],
    ["create", "ipaddressclaims.ipam.cluster.x-k8s.io"],
  ]),
  ...rights("inventory-controller", "cannot", [
    ["escalate,bind", "roles.rbac.authorization.k8s.io"],
    ["create,delete", `machineinventories.${group}`],
    ["create", "pods"],
    ["get", "configmaps"],
  ]),
  ...rights("selector-controller", "can", [
    ["patch", `machineinventories.${group}`],
    ["get,patch", "secrets"],
    ["get,list,watch", "machines.cluster.x-k8s.io"],
  ]),
  ...rights("selector-controller", "cannot", [
    ["list,watch,create,delete", "secrets"],
    ["create,delete", `machineinventories.${group}`],
    ["patch", "machines.cluster.x-k8s.io"],
    ["create", "pods"],
  ]),
  ...rights("osversion-syncer", "can", [
    ["create,delete", "pods"],
    ["create,patch,delete", `managedosversions.${group}`],
    ["create,patch", "bundles.fleet.cattle.io"],
  ]),
  ...rights("osversion-syncer", "cannot", [
    ["get,list,create", "secrets"],
    ["get", `machineinventories.${group}`],
    ["create", "services"],
  ]),
  ...rights("seedimage-builder", "can", [
    ["create,delete", "pods"],
    ["create,patch,delete", "services"],
    ["create,patch,delete", "configmaps"],
  ]),
  ...rights("seedimage-builder", "cannot", [
    ["get,list,create", "secrets"],
    ["list", "configmaps"],
    ["get", `machineinventories.${group}`],
    ["patch", `machineregistrations.${group}`],
  ]),
];
