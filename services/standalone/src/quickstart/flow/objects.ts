import {
  apiVersion,
  type KubeObject,
  type MachineInventorySelector,
  type MachineInventorySelectorTemplate,
  type MachineRegistration,
  type OwnerReference,
  type SeedImage,
} from "@elemental/api";

/** Namespace of everything that quickstart creates; the one that Rancher uses for machines. */
export const namespace = "fleet-default";
export const name = "quickstart";

export const registration: MachineRegistration = {
  apiVersion,
  kind: "MachineRegistration",
  metadata: { name, namespace },
  spec: {
    machineName: "machine-${System Information/Serial Number}",
    machineInventoryLabels: {
      site: name,
      manufacturer: "${System Information/Manufacturer}",
      serialNumber: "${System Information/Serial Number}",
    },
    config: {
      "cloud-config": { users: [{ name: "root", passwd: "quickstart" }] },
      elemental: {
        install: { device: "/dev/vda", reboot: true },
        reset: { enabled: true },
        registration: { auth: "tpm" },
      },
    },
  },
};

export const template: MachineInventorySelectorTemplate = {
  apiVersion,
  kind: "MachineInventorySelectorTemplate",
  metadata: { name, namespace },
  spec: { template: { spec: { selector: { matchLabels: { site: name } } } } },
};

/** The selector that Cluster API would clone from the template for its Machine. */
export function selectorFor(machine: KubeObject): MachineInventorySelector {
  const owner: OwnerReference = {
    apiVersion: machine.apiVersion,
    kind: machine.kind,
    name: machine.metadata.name,
    uid: machine.metadata.uid ?? "",
    controller: true,
  };
  return {
    apiVersion,
    kind: "MachineInventorySelector",
    metadata: { name: machine.metadata.name, namespace, ownerReferences: [owner] },
    spec: template.spec?.template?.spec,
  };
}

export function seedImage(spec: Partial<SeedImage["spec"]>): SeedImage {
  return {
    apiVersion,
    kind: "SeedImage",
    metadata: { name, namespace },
    spec: { type: "iso", registrationRef: { name, namespace }, ...spec },
  };
}
