import { z } from "zod";
import { conditions } from "../schema/condition.ts";
import { upgradeContainer } from "../schema/container.ts";
import { counter, customResource, integer, schemaless, text, time } from "../schema/fields.ts";
import { elementalKind } from "./descriptor.ts";

const spec = z.object({
  type: text("json or custom."),
  syncInterval: z.string().describe("Time between two synchronizations, e.g. 1h30m.").default("1h"),
  enabled: z.boolean().describe("Whether the channel is synchronized.").default(true),
  deleteNoLongerInSyncVersions: z.boolean().describe("Delete ManagedOSVersions that left the channel.").default(false),
  registry: text("Put before the images of the channel."),
  options: schemaless("Options of the type; for json: uri and timeout."),
  upgradeContainer: upgradeContainer.describe("Copied into every ManagedOSVersion.").optional(),
});

const status = z.object({
  conditions: conditions(),
  lastSyncedTime: time("When the channel was last synchronized.").optional(),
  failedSynchronizationAttempts: integer().describe("Failures since the last success.").optional(),
  syncedGeneration: counter().describe("Generation that was last synchronized.").optional(),
});

export const managedOSVersionChannelSchema = customResource("ManagedOSVersionChannel", { spec, status }).describe(
  "A list of operating system versions that is kept in sync with ManagedOSVersions.",
);
export type ManagedOSVersionChannel = z.input<typeof managedOSVersionChannelSchema>;

export const managedOSVersionChannels = elementalKind<ManagedOSVersionChannel>(
  "ManagedOSVersionChannel",
  "managedosversionchannels",
);
