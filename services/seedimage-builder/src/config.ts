import type { Config } from "@elemental/service";
import { flag, httpUrl } from "@elemental/service";
import type { ServerSettings } from "@elemental/settings";
import { z } from "zod";
import type { BuilderOptions } from "./options.ts";

/** The service's own settings. */
export const configShape = {
  seedimageImage: z.string().min(1).describe("image of the iso-builder, which builds and serves seed images"),
  seedimageImagePullPolicy: z
    .enum(["Always", "IfNotPresent", "Never"], { error: "must be Always, IfNotPresent or Never" })
    .default("IfNotPresent")
    .describe("when that image is pulled"),
  baseCacheDirectory: z
    .string()
    .startsWith("/", "must be an absolute path")
    .optional()
    .describe("directory of the nodes that keeps base ISOs for all builds; without it each build fetches its own"),
  allowLocalBase: flag().prefault("false").describe("whether spec.baseImage may name a file of the node"),
  serverUrl: httpUrl().optional().describe("where machines reach the server, where Rancher's settings do not say so"),
  caCert: z
    .string()
    .optional()
    .describe("PEM certificates that machines trust, where Rancher's settings do not say so"),
};

type SeedImageBuilderConfig = Config<typeof configShape>;

export function builderOptions(config: SeedImageBuilderConfig): BuilderOptions {
  const {
    seedimageImage: image,
    seedimageImagePullPolicy: imagePullPolicy,
    baseCacheDirectory,
    allowLocalBase,
  } = config;
  return { image, imagePullPolicy, baseCacheDirectory, allowLocalBase };
}

export function ownServerSettings({ serverUrl, caCert }: SeedImageBuilderConfig): ServerSettings {
  return { serverUrl, caCert, strictTls: true };
}
