import { isJsonObject } from "@elemental/api";
import { stringify } from "yaml";

const header = "#cloud-config\n";

/**
 * A cloud-config as a file: YAML with sorted keys, empty for an absent or empty one. The header marks cloud-init
 * files; yip files, recognized by their stages, have none. resources-and-controllers 2.5.2.
 */
export function renderCloudConfig(cloudConfig: Record<string, unknown> | undefined): string {
  if (!cloudConfig || Object.keys(cloudConfig).length === 0) return "";
  const yaml = stringify(cloudConfig, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false });
  return hasStages(cloudConfig) ? yaml : header + yaml;
}

function hasStages({ stages }: Record<string, unknown>): boolean {
  return isJsonObject(stages) && Object.keys(stages).length > 0;
}
