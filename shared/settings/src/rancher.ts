import { settingNames } from "@elemental/api";
import type { ServerSettings } from "./settings.ts";

/**
 * Reads Rancher's settings (registration-protocol 7.6); `value` returns the value of a setting, undefined when there is
 * none. Only `value` counts, never `default`.
 */
export function rancherSettings(value: (name: string) => string | undefined): ServerSettings {
  return {
    serverUrl: value(settingNames.serverUrl)?.replace(/\/+$/, "") || undefined,
    caCert: value(settingNames.caCerts) || value(settingNames.internalCaCerts) || undefined,
    strictTls: value(settingNames.agentTlsMode) !== "system-store",
  };
}
