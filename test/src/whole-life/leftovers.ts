import {
  configMaps,
  customResourceDefinitions,
  ipAddressClaims,
  ipAddresses,
  type KubeObject,
  machines,
  pods,
  type ResourceType,
  roleBindings,
  roles,
  secrets,
  serviceAccounts,
  services,
} from "@elemental/api";
import type { Kube } from "@elemental/kube";
import { clusters, machineDeployments, machineSets, rkeClusters } from "./objects.ts";

/** Every kind of ours, and every kind that our services create or that belongs to a life in Cluster API. */
const kinds: ResourceType<KubeObject>[] = [
  ...customResourceDefinitions().map(({ spec: { group, names, versions } }) => {
    return { group, version: versions[0]?.name ?? "", kind: names.kind, plural: names.plural, namespaced: true };
  }),
  ...[configMaps, pods, roleBindings, roles, secrets, serviceAccounts, services],
  ...[
    ipAddressClaims("v1beta2"),
    ipAddresses("v1beta2"),
    machines("v1beta2"),
    clusters,
    rkeClusters,
    machineDeployments,
    machineSets,
  ],
];

/** What Kubernetes itself puts into every namespace. */
const ofEveryNamespace = new Set(["ConfigMap kube-root-ca.crt", "ServiceAccount default"]);

/** The objects that a namespace has, as `Kind name`. */
export async function leftovers(kube: Kube, namespace: string): Promise<string[]> {
  const found = await Promise.all(
    kinds.map(async (type) => {
      const { items } = await kube.list(type, { namespace });
      return items.map(({ metadata }) => `${type.kind} ${metadata.name}`);
    }),
  );
  return found.flat().filter((object) => !ofEveryNamespace.has(object));
}
