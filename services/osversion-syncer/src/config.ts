import { type Config, proxyShape, proxyVariables } from "@elemental/service";
import { z } from "zod";
import type { OsVersionSyncerOptions } from "./start.ts";

/** The service's own settings. */
export const configShape = {
  operatorImage: z.string().min(1).describe("image of the Pods that synchronize channels: this service's own"),
  operatorImagePullPolicy: z
    .enum(["Always", "IfNotPresent", "Never"], { error: "must be Always, IfNotPresent or Never" })
    .default("IfNotPresent")
    .describe("when that image is pulled"),
  defaultRegistry: z.string().default("").describe("registry put before the images of operating system upgrades"),
  ...proxyShape("the downloads of channels"),
};

/** What the controllers are told, from the service's configuration. */
export function settingsOf(config: Config<typeof configShape>): OsVersionSyncerOptions["settings"] {
  return {
    operatorImage: config.operatorImage,
    imagePullPolicy: config.operatorImagePullPolicy,
    defaultRegistry: config.defaultRegistry,
    proxyEnv: proxyVariables(config),
  };
}
