import { isJsonObject, type JsonObject } from "@elemental/protocol";
import { sortedYaml } from "../config/text.ts";

/**
 * The text of the user's cloud-config: empty when there is none, a yip document when it has stages, otherwise cloud-init
 * with its first line (register-client-and-media 2.7).
 */
export function cloudConfigText(cloudConfig: JsonObject): string {
  if (Object.keys(cloudConfig).length === 0) return "";
  const stages = cloudConfig["stages"];
  const isYip = isJsonObject(stages) && Object.keys(stages).length > 0;
  return `${isYip ? "" : "#cloud-config\n"}${sortedYaml(cloudConfig)}`;
}
