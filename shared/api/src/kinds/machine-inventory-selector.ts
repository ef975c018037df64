import { z } from "zod";
import { conditions } from "../schema/condition.ts";
import { atomicList, customResource, flag, text } from "../schema/fields.ts";
import { labelSelector, localObjectReference } from "../schema/references.ts";
import { elementalKind } from "./descriptor.ts";

const machineAddress = z.object({
  type: z.enum(["Hostname", "ExternalIP", "InternalIP", "ExternalDNS", "InternalDNS"]).describe("Kind of address."),
  address: z.string().min(1).max(256).describe("The address."),
});

export const selectorSpec = z.object({
  providerID: text("Identifies the machine as a node; written by Rancher."),
  selector: labelSelector.describe("MachineInventories to choose from; without it any.").optional(),
});

export const selectorStatus = z.object({
  conditions: conditions(),
  ready: flag("Whether the machine got its bootstrap plan; contract of Cluster API v1beta1."),
  initialization: z
    .object({ provisioned: flag("Whether the machine got its bootstrap plan; contract of Cluster API v1beta2.") })
    .describe("Progress of the first provisioning.")
    .optional(),
  addresses: z.array(machineAddress).max(128).meta(atomicList).describe("Addresses of the machine.").optional(),
  bootstrapPlanChecksum: text("Checksum of the bootstrap plan; set once it was written."),
  machineInventoryRef: localObjectReference.describe("The adopted MachineInventory.").optional(),
});

export const machineInventorySelectorSchema = customResource("MachineInventorySelector", {
  spec: selectorSpec,
  status: selectorStatus,
}).describe("Adopts a machine for a cluster: the infrastructure machine of Cluster API.");
export type MachineInventorySelector = z.input<typeof machineInventorySelectorSchema>;
export type MachineAddress = z.input<typeof machineAddress>;

export const machineInventorySelectors = elementalKind<MachineInventorySelector>(
  "MachineInventorySelector",
  "machineinventoryselectors",
);
