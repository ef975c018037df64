import { z } from "zod";
import type { JsonObject } from "../json/index.ts";

const text = z.string().optional();
const flag = z.boolean().optional();
const list = z.array(z.string()).optional();

/** `elemental.install` of the configuration document (registration-protocol 7.2, in its key order). */
export const installConfig = z.object({
  firmware: text,
  device: text,
  "device-selector": z
    .array(
      z.object({
        key: z.string().default(""),
        operator: z.string().default(""),
        values: z.array(z.string()).default([]),
      }),
    )
    .optional(),
  "no-format": flag,
  "config-urls": list,
  iso: text,
  "system-uri": text,
  debug: flag,
  tty: text,
  poweroff: flag,
  reboot: flag,
  "eject-cd": flag,
  "disable-boot-entry": flag,
  "config-dir": text,
  snapshotter: z.object({ type: text, maxSnaps: z.int().optional() }).optional(),
});

/** `elemental.reset`. */
export const resetConfig = z.object({
  enabled: flag,
  "reset-persistent": flag,
  "reset-oem": flag,
  "config-urls": list,
  "system-uri": text,
  debug: flag,
  poweroff: flag,
  reboot: flag,
  "disable-boot-entry": flag,
});

/** An int64: a double cannot hold every seed (registration-protocol 2.11). */
const seed = z.union([z.int(), z.bigint()]).transform(BigInt);

/** `elemental.registration`. `no-toolkit` and `labels` are the client's own; no server sends them. */
export const registrationConfig = z.object({
  url: text,
  "ca-cert": text,
  "emulate-tpm": flag,
  "emulated-tpm-seed": seed.optional(),
  "no-smbios": flag,
  auth: text,
  "no-toolkit": flag,
  labels: z.record(z.string(), z.string()).optional(),
});

/** `elemental.system-agent`: how the machine reaches its plan. */
export const systemAgentConfig = z.object({
  strictTLSMode: flag,
  url: text,
  token: text,
  "secret-name": text,
  "secret-namespace": text,
});

export const elementalConfig = z.object({
  install: installConfig.optional(),
  reset: resetConfig.optional(),
  registration: registrationConfig.optional(),
  "system-agent": systemAgentConfig.optional(),
});

export type InstallConfig = z.infer<typeof installConfig>;
export type ResetConfig = z.infer<typeof resetConfig>;
export type RegistrationConfig = z.infer<typeof registrationConfig>;
export type SystemAgentConfig = z.infer<typeof systemAgentConfig>;
export type ElementalConfig = z.infer<typeof elementalConfig>;

/** How a machine's addresses are applied; absent or `none` means that its network is left alone. */
export interface NetworkConfig {
  configurator: string;
  /** Name of a pool -> the address claimed from it. */
  ipAddresses: Record<string, string>;
  config: JsonObject;
}

/** The decoded configuration document. */
export interface ConfigDocument {
  elemental: ElementalConfig;
  "cloud-config": JsonObject;
  network: NetworkConfig;
}
