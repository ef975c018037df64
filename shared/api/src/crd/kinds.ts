import type { z } from "zod";
import { machineInventories, machineInventorySchema } from "../kinds/machine-inventory.ts";
import { machineInventorySelectorSchema, machineInventorySelectors } from "../kinds/machine-inventory-selector.ts";
import {
  machineInventorySelectorTemplateSchema,
  machineInventorySelectorTemplates,
} from "../kinds/machine-inventory-selector-template.ts";
import { machineRegistrationSchema, machineRegistrations } from "../kinds/machine-registration/machine-registration.ts";
import { managedOSImageSchema, managedOSImages } from "../kinds/managed-os-image/managed-os-image.ts";
import { managedOSVersionSchema, managedOSVersions } from "../kinds/managed-os-version.ts";
import { managedOSVersionChannelSchema, managedOSVersionChannels } from "../kinds/managed-os-version-channel.ts";
import { metadataSchema, metadatas } from "../kinds/metadata.ts";
import { seedImageSchema, seedImages } from "../kinds/seed-image.ts";
import type { ResourceType } from "../meta.ts";

/** One of our kinds, as far as its definition goes beyond its schema. */
export interface Kind {
  type: ResourceType;
  schema: z.ZodObject;
  shortName?: string;
  /** One of our kinds that Cluster API also works with. */
  clusterApi?: true;
}

export const kinds: readonly Kind[] = [
  { type: machineRegistrations, schema: machineRegistrationSchema, shortName: "mreg" },
  { type: machineInventories, schema: machineInventorySchema, shortName: "mi" },
  { type: machineInventorySelectors, schema: machineInventorySelectorSchema, shortName: "misel", clusterApi: true },
  {
    type: machineInventorySelectorTemplates,
    schema: machineInventorySelectorTemplateSchema,
    shortName: "miselt",
    clusterApi: true,
  },
  { type: managedOSImages, schema: managedOSImageSchema, shortName: "mosimg" },
  { type: managedOSVersions, schema: managedOSVersionSchema, shortName: "mosver" },
  { type: managedOSVersionChannels, schema: managedOSVersionChannelSchema, shortName: "moschan" },
  { type: seedImages, schema: seedImageSchema, shortName: "simg" },
  { type: metadatas, schema: metadataSchema },
];
