import { z } from "zod";
import { customResourceWithoutStatus, text, textMap } from "../schema/fields.ts";
import { elementalKind } from "./descriptor.ts";
import { selectorSpec, selectorStatus } from "./machine-inventory-selector.ts";

const template = z
  .object({
    apiVersion: text("Not used."),
    kind: text("Not used."),
    metadata: z
      .object({
        labels: textMap("Labels of the selectors."),
        annotations: textMap("Annotations of the selectors."),
      })
      .describe("Metadata of the selectors.")
      .optional(),
    spec: selectorSpec.describe("The selectors.").optional(),
    status: selectorStatus.describe("Not used.").optional(),
  })
  .describe("What the MachineInventorySelectors made from this template look like.");

const spec = z.object({ template });

export const machineInventorySelectorTemplateSchema = customResourceWithoutStatus("MachineInventorySelectorTemplate", {
  spec,
}).describe("Template of MachineInventorySelectors: the infrastructure machine template of Cluster API.");
export type MachineInventorySelectorTemplate = z.input<typeof machineInventorySelectorTemplateSchema>;

export const machineInventorySelectorTemplates = elementalKind<MachineInventorySelectorTemplate>(
  "MachineInventorySelectorTemplate",
  "machineinventoryselectortemplates",
);
