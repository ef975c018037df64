import { isJsonObject, type ManagedOSVersionSpec } from "@elemental/api";
import { findKey } from "../json/decode.ts";

/**
 * Puts `registry` before the image of a version of type container or iso; an empty registry changes nothing.
 * A version without image or with a URL stays as it is, with a warning.
 */
export function prefixRegistry(
  spec: ManagedOSVersionSpec,
  registry: string,
): { spec: ManagedOSVersionSpec; warning?: string } {
  if (registry === "") return { spec };
  const name = spec.type?.toLowerCase() === "iso" ? "uri" : "upgradeImage";
  const metadata = isJsonObject(spec.metadata) ? spec.metadata : {};
  const key = findKey(metadata, name) ?? name;
  const value = metadata[key];
  if (typeof value !== "string" || value === "")
    return { spec, warning: `metadata.${name} is missing, no registry added` };
  if (/^https?:\/\//i.test(value)) return { spec, warning: `metadata.${name} is a URL, no registry added` };
  const image = `${registry.replace(/\/+$/, "")}/${value.replace(/^\/+/, "")}`;
  return { spec: { ...spec, metadata: { ...metadata, [key]: image } } };
}
