import { isJsonObject } from "@elemental/api";
import { stringify } from "yaml";

/**
 * The user's cloud-config as a file: empty for none, else YAML with sorted keys. The header makes it cloud-init; a document
 * with stages is yip and has none (register-client-and-media 2.7). Undefined when it is no object.
 */
export function cloudConfigFile(cloudConfig: unknown): string | undefined {
  if (cloudConfig === undefined || cloudConfig === null) return "";
  if (!isJsonObject(cloudConfig)) return undefined;
  if (Object.keys(cloudConfig).length === 0) return "";
  const { stages } = cloudConfig;
  const isYip = isJsonObject(stages) && Object.keys(stages).length > 0;
  const yaml = stringify(cloudConfig, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false });
  return isYip ? yaml : `#cloud-config\n${yaml}`;
}
