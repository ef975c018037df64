import type { KubeObject, ResourceType } from "../meta.ts";

/** A setting of Rancher. An empty `value` means `default`. */
export interface Setting extends KubeObject {
  apiVersion: "management.cattle.io/v3";
  kind: "Setting";
  value: string;
  default?: string;
}

export const settings: ResourceType<Setting> = {
  group: "management.cattle.io",
  version: "v3",
  kind: "Setting",
  plural: "settings",
  namespaced: false,
};

/** Names of the settings that we read. */
export const settingNames = {
  serverUrl: "server-url",
  caCerts: "cacerts",
  internalCaCerts: "internal-cacerts",
  agentTlsMode: "agent-tls-mode",
} as const;
