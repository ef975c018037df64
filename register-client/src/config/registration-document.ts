import { encodeYaml, type YamlMap, type YamlNode } from "@elemental/protocol";
import type { Registration } from "./types.ts";

const keys = ["url", "ca-cert", "emulate-tpm", "emulated-tpm-seed", "no-smbios", "auth", "no-toolkit"] as const;

/**
 * The configuration file of an installed machine: the registration section, zero values left out
 * (register-client-and-media 2.3).
 */
export function registrationDocument(registration: Registration): string {
  const section: YamlMap = new Map<string, YamlNode>(keys.map((key) => [key, registration[key]]));
  for (const [key, value] of section) if (!value) section.delete(key);
  const labels = Object.entries(registration.labels);
  if (labels.length > 0) section.set("labels", new Map(labels));
  return encodeYaml(new Map([["elemental", new Map([["registration", section]])]]));
}
