import type { JsonObject } from "@elemental/protocol";
import { parseFeatures, parseFecModes } from "../ethtool.ts";
import type { Host } from "../host.ts";

/** What `ethtool` knows of an interface besides its link settings; empty without it. */
export async function readLinkDetails(host: Host, name: string): Promise<JsonObject> {
  const run = async (...args: string[]) => {
    const result = await host.capture("ethtool", args).catch(() => undefined);
    return result?.status === 0 ? result.stdout : "";
  };
  const { supported, advertised } = parseFecModes(await run(name));
  const features = parseFeatures(await run("--show-features", name));
  return {
    SupportedFECModes: supported,
    AdvertisedFECModes: advertised,
    Capabilities: features.map(({ name: feature, isEnabled, canEnable }) => ({
      Name: feature,
      IsEnabled: isEnabled,
      CanEnable: canEnable,
    })),
  };
}
