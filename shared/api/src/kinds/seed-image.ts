import { z } from "zod";
import { conditions } from "../schema/condition.ts";
import {
  customResource,
  flag,
  int32,
  matching,
  quantity,
  requiredDespiteDefault,
  schemaless,
  text,
  texts,
} from "../schema/fields.ts";
import { objectReference } from "../schema/references.ts";
import { elementalKind } from "./descriptor.ts";

const buildContainer = z
  .object({
    name: text("Name of the container."),
    image: text("Image of the container."),
    command: texts("Entry point."),
    args: texts("Arguments of the entry point."),
    imagePullPolicy: text("When the image is pulled."),
  })
  .describe("Builds the image in place of our own containers.");

const spec = z.object({
  baseImage: text("ISO to start from: an http(s) URL or a container image."),
  registrationRef: objectReference.describe("MachineRegistration that machines booted from the image register with."),
  type: z.enum(["iso", "raw"]).meta(requiredDespiteDefault).describe("iso or raw.").default("iso"),
  targetPlatform: matching("^$|^\\S+\\/\\S+$")
    .meta({ example: "linux/amd64" })
    .describe("Platform of the image, e.g. linux/amd64.")
    .optional(),
  size: quantity().describe("Space for the image.").default(6442450944),
  cleanupAfterMinutes: int32().describe("How long the image is served after it was built; 0 for ever.").default(60),
  retriggerBuild: flag("Build again."),
  "cloud-config": schemaless("cloud-config put in the image."),
  buildContainer: buildContainer.optional(),
});

const status = z.object({
  conditions: conditions(),
  downloadToken: text("Part of the URLs that makes them hard to guess."),
  downloadURL: text("Where the image is."),
  checksumURL: text("Where its checksum is."),
  state: z
    .enum(["Initialized", "Started", "Completed", "Failed", "NotStarted"])
    .describe("How far the build is.")
    .optional(),
});

export const seedImageSchema = customResource("SeedImage", { spec, status }).describe(
  "An installation image for machines, built and offered for download.",
);
export type SeedImage = z.input<typeof seedImageSchema>;
export type SeedImageState = NonNullable<NonNullable<SeedImage["status"]>["state"]>;

export const seedImages = elementalKind<SeedImage>("SeedImage", "seedimages");
