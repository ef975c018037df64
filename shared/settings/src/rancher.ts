import { settingNames } from "@elemental/api";
import type { ServerSettings } from "./settings.ts";

/**
 * Reads Rancher's settings (registration-protocol 7.6); `value` returns the value of a setting, undefined when there is
 * none. Only `value` counts, never `default`.
 */
export function rancherSettings(value: (name: string) => string | undefined): ServerSettings {
  const serverUrl = value(settingNames.serverUrl);
  return {
    serverUrl: serverUrl?.replace(/\/+$/, "") || undefined,
    ...(serverUrl === undefined && { serverUrlProblem: missing(settingNames.serverUrl) }),
    caCert: value(settingNames.caCerts) || value(settingNames.internalCaCerts) || undefined,
    strictTls: value(settingNames.agentTlsMode) !== "system-store",
  };
}

/** The API server's own text for a setting that is not there. */
function missing(name: string): string {
  return `failed to get server url setting: settings.management.cattle.io "${name}" not found`;
}
