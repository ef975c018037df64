import {
  apiVersion,
  type CustomResourceDefinition,
  type KubeObject,
  type MachineInventorySelectorTemplate,
  type MachineRegistration,
  type ResourceType,
  type Secret,
} from "@elemental/api";

const version = "v1beta2";

/** A kind that is only created here. */
type Plain = KubeObject & { spec?: object; status?: object };

function clusterApiType(kind: string, plural: string): ResourceType<Plain> {
  return { group: "cluster.x-k8s.io", version, kind, plural, namespaced: true };
}

export const clusters = clusterApiType("Cluster", "clusters");
export const machineDeployments = clusterApiType("MachineDeployment", "machinedeployments");
export const machineSets = clusterApiType("MachineSet", "machinesets");

/** The infrastructure of a cluster as Rancher has it: there is none, machines come from elsewhere. */
export const rkeClusters: ResourceType<Plain> = {
  group: "rke.cattle.io",
  version: "v1",
  kind: "RKECluster",
  plural: "rkeclusters",
  namespaced: true,
};

export const rkeClusterDefinition: CustomResourceDefinition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "rkeclusters.rke.cattle.io", labels: { "cluster.x-k8s.io/v1beta1": "v1" } },
  spec: {
    group: rkeClusters.group,
    scope: "Namespaced",
    names: { kind: rkeClusters.kind, listKind: "RKEClusterList", plural: rkeClusters.plural, singular: "rkecluster" },
    versions: [
      {
        name: rkeClusters.version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};

const site = { site: "life" };

export function registration(namespace: string): MachineRegistration {
  return {
    apiVersion,
    kind: "MachineRegistration",
    metadata: { name: "life", namespace },
    spec: {
      machineName: "machine-${System Information/Serial Number}",
      machineInventoryLabels: { ...site, serial: "${System Information/Serial Number}" },
      config: {
        network: {
          configurator: "nmconnections",
          ipAddresses: { eth0: { apiGroup: "ipam.cluster.x-k8s.io", kind: "InClusterIPPool", name: "pool" } },
          config: { eth0: "[ipv4]\naddress1={eth0}/24\n" },
        },
        elemental: {
          install: { device: "/dev/vda", reboot: true },
          reset: { enabled: true },
          registration: { auth: "tpm" },
        },
      },
    },
  };
}

/** What users of Cluster API create: a cluster, its bootstrap data and a deployment of one machine of ours. */
export function clusterObjects(namespace: string) {
  const metadata = { name: "life", namespace };
  const template: MachineInventorySelectorTemplate = {
    apiVersion,
    kind: "MachineInventorySelectorTemplate",
    metadata,
    spec: { template: { spec: { selector: { matchLabels: site } } } },
  };
  const bootstrap: Secret = {
    apiVersion: "v1",
    kind: "Secret",
    type: "cluster.x-k8s.io/secret",
    metadata: { name: "bootstrap", namespace },
    data: { value: Buffer.from("#!/bin/sh\necho joined\n").toString("base64") },
  };
  const infrastructure: Plain = {
    apiVersion: "rke.cattle.io/v1",
    kind: "RKECluster",
    metadata,
    spec: { controlPlaneEndpoint: { host: "192.0.2.1", port: 6443 } },
    status: { ready: true },
  };
  const cluster: Plain = {
    apiVersion: `cluster.x-k8s.io/${version}`,
    kind: "Cluster",
    metadata,
    spec: { infrastructureRef: { apiGroup: rkeClusters.group, kind: rkeClusters.kind, name: metadata.name } },
  };
  return { template, bootstrap, infrastructure, cluster, deployment: machineDeployment(namespace) };
}

function machineDeployment(namespace: string): Plain {
  const labels = { pool: "life" };
  const infrastructureRef = {
    apiGroup: "elemental.cattle.io",
    kind: "MachineInventorySelectorTemplate",
    name: "life",
  };
  return {
    apiVersion: `cluster.x-k8s.io/${version}`,
    kind: "MachineDeployment",
    metadata: { name: "life", namespace },
    spec: {
      clusterName: "life",
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { clusterName: "life", bootstrap: { dataSecretName: "bootstrap" }, infrastructureRef },
      },
    },
  };
}
