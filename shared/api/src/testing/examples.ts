import type { MachineInventory } from "../kinds/machine-inventory.ts";
import type { MachineInventorySelector } from "../kinds/machine-inventory-selector.ts";
import type { MachineInventorySelectorTemplate } from "../kinds/machine-inventory-selector-template.ts";
import type { MachineRegistration } from "../kinds/machine-registration/machine-registration.ts";
import type { ManagedOSImage } from "../kinds/managed-os-image/managed-os-image.ts";
import type { ManagedOSVersion } from "../kinds/managed-os-version.ts";
import type { ManagedOSVersionChannel } from "../kinds/managed-os-version-channel.ts";
import type { Metadata } from "../kinds/metadata.ts";
import type { SeedImage } from "../kinds/seed-image.ts";

interface Example {
  kind: string;
  title: string;
  spec?: unknown;
}

const registration = (title: string, spec?: MachineRegistration["spec"]): Example => {
  return { kind: "MachineRegistration", title, spec };
};

const registrations = [
  registration("without spec"),
  registration("of the quick start", {
    machineName: "m-$" + "{System Information/UUID}",
    machineInventoryLabels: { manufacturer: "$" + "{System Information/Manufacturer}" },
    config: {
      "cloud-config": { users: [{ name: "root", passwd: "root" }] },
      elemental: { install: { reboot: true, device: "/dev/sda", debug: true } },
    },
  }),
  registration("of a board without TPM", {
    config: {
      elemental: {
        install: { "device-selector": [{ key: "Size", operator: "Gt", values: ["25Gi"] }], "disable-boot-entry": true },
        registration: { "emulate-tpm": true, "emulated-tpm-seed": -1 },
        reset: { enabled: true },
      },
    },
  }),
  registration("with addresses from pools", {
    config: {
      network: {
        configurator: "nmc",
        ipAddresses: { ip: { apiGroup: "ipam.cluster.x-k8s.io", kind: "InClusterIPPool", name: "pool" } },
        config: { interfaces: [{ name: "eth0", ipv4: { address: [{ ip: "{ip}", "prefix-length": 24 }] } }] },
      },
    },
  }),
  registration("with the default network", { config: { network: {} } }),
  registration("with the largest seed", {
    config: { elemental: { registration: { "emulated-tpm-seed": 2n ** 63n - 1n } } },
  }),
  registration("C-010 with a cloud-config that is text", { config: { "cloud-config": "#cloud-config" } }),
];

const inventorySpec: MachineInventory["spec"] = {
  tpmHash: "a1",
  network: { ipAddresses: { ip: "192.168.122.150" }, config: {} },
  ipAddressPools: { ip: { kind: "Pool", name: "p" } },
};

const selectorSpec: MachineInventorySelector["spec"] = {
  selector: { matchLabels: { a: "b" }, matchExpressions: [{ key: "zone", operator: "In", values: ["1"] }] },
};

const templateSpec: MachineInventorySelectorTemplate["spec"] = { template: { spec: selectorSpec } };

const containerSpec: ManagedOSVersion["spec"] = {
  version: "v0.1.0",
  type: "container",
  metadata: { upgradeImage: "foo/bar:v0.1.0", created: 1_700_000_000, platforms: ["linux/x86_64"] },
  upgradeContainer: {
    envs: [{ name: "A", valueFrom: { secretKeyRef: { key: "k" }, fieldRef: { fieldPath: "metadata.name" } } }],
    envFrom: [{ configMapRef: {} }],
  },
};

const channelSpec: ManagedOSVersionChannel["spec"] = { type: "json", options: { URI: "http://list", Timeout: "1m" } };

const images: Example[] = (
  [
    { osImage: "r/i:1", clusterTargets: [{ clusterName: "c" }] },
    { osImage: "r/i:1", drain: null },
    { managedOSVersionName: "v1", drain: {}, upgradeContainer: { envs: [{ name: "FORCE", value: "true" }] } },
    {
      clusterRolloutStrategy: { maxUnavailable: "25%", maxUnavailablePartitions: 1, autoPartitionSize: null },
      clusterTargets: [{ clusterName: null, helm: { values: { any: { thing: [1] } } }, kustomize: null }],
      nodeSelector: { matchLabels: { "kubernetes.io/os": "linux" } },
      concurrency: 2,
      cordon: false,
    },
  ] satisfies ManagedOSImage["spec"][]
).map((spec, index) => ({ kind: "ManagedOSImage", title: `number ${index}`, spec }));

const seeds: Example[] = (
  [
    { registrationRef: { name: "r", namespace: "n" } },
    { registrationRef: { name: "r" }, baseImage: "https://example.com/a.iso", size: "10Gi", cleanupAfterMinutes: 0 },
    { registrationRef: {}, type: "raw", targetPlatform: "linux/arm64", buildContainer: { name: "b", args: ["x"] } },
  ] satisfies SeedImage["spec"][]
).map((spec, index) => ({ kind: "SeedImage", title: `number ${index}`, spec }));

const metadataSpec: Metadata["spec"] = { appVersion: "1", annotations: { a: "b" } };

/** Objects of every kind in the forms that users write; without additions to the reference. */
export const examples: Example[] = [
  ...registrations,
  ...images,
  ...seeds,
  { kind: "MachineInventory", title: "as registered", spec: inventorySpec },
  { kind: "MachineInventorySelector", title: "with a selector", spec: selectorSpec },
  { kind: "MachineInventorySelector", title: "without spec" },
  { kind: "MachineInventorySelectorTemplate", title: "with a selector", spec: templateSpec },
  { kind: "ManagedOSVersion", title: "of type container", spec: containerSpec },
  { kind: "ManagedOSVersionChannel", title: "of type json", spec: channelSpec },
  { kind: "ManagedOSVersionChannel", title: "with an empty spec", spec: {} },
  { kind: "Metadata", title: "of a release", spec: metadataSpec },
];
