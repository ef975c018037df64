import { z } from "zod";
import { upgradeContainer } from "../schema/container.ts";
import { customResource, schemaless, text } from "../schema/fields.ts";
import { elementalKind } from "./descriptor.ts";

export const managedOSVersionSpec = z.object({
  version: text("Version of the system."),
  type: text("container or iso."),
  minVersion: text("Not used."),
  metadata: schemaless("What is known of the version: upgradeImage or uri, displayName, created, platforms."),
  upgradeContainer: upgradeContainer.describe("Container that upgrades a node to this version.").optional(),
});

const status = z.object({});

export const managedOSVersionSchema = customResource("ManagedOSVersion", {
  spec: managedOSVersionSpec,
  status,
}).describe("A version of the operating system.");
export type ManagedOSVersion = z.input<typeof managedOSVersionSchema>;
export type ManagedOSVersionSpec = z.input<typeof managedOSVersionSpec>;

export const managedOSVersions = elementalKind<ManagedOSVersion>("ManagedOSVersion", "managedosversions");
