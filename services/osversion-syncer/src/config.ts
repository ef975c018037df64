import type { Config } from "@elemental/service";
import { z } from "zod";
import type { OsVersionSyncerOptions } from "./start.ts";

const proxy = (description: string) =>
  z
    .string()
    .optional()
    .meta({ description: `${description}, for the downloads of channels`, secret: true });

/** The service's own settings. */
export const configShape = {
  operatorImage: z.string().min(1).describe("image of the Pods that synchronize channels: this service's own"),
  operatorImagePullPolicy: z
    .enum(["Always", "IfNotPresent", "Never"], { error: "must be Always, IfNotPresent or Never" })
    .default("IfNotPresent")
    .describe("when that image is pulled"),
  defaultRegistry: z.string().default("").describe("registry put before the images of operating system upgrades"),
  httpProxy: proxy("proxy of http URLs"),
  httpsProxy: proxy("proxy of https URLs"),
  noProxy: proxy("hosts reached without proxy"),
};

/** What the controllers are told, from the service's configuration. */
export function settingsOf(config: Config<typeof configShape>): OsVersionSyncerOptions["settings"] {
  const { httpProxy: HTTP_PROXY, httpsProxy: HTTPS_PROXY, noProxy: NO_PROXY } = config;
  const proxies = Object.entries({ HTTP_PROXY, HTTPS_PROXY, NO_PROXY });
  return {
    operatorImage: config.operatorImage,
    imagePullPolicy: config.operatorImagePullPolicy,
    defaultRegistry: config.defaultRegistry,
    proxyEnv: Object.fromEntries(proxies.flatMap(([name, value]) => (value ? [[name, value]] : []))),
  };
}
