import { labelErrors } from "../../object/names.ts";
import { isRecord } from "../../object/object.ts";
import { duplicate, type FieldError, forbidden, invalid, required } from "../../status/field-error.ts";
import type { PodSpec, Volume } from "./spec.ts";

/** What a volume is made from: the fields besides its name. */
export function volumeSources(volume: Volume): string[] {
  return Object.keys(volume).filter((key) => key !== "name");
}

/** What a source must say. */
const requiredFields: Record<string, string> = {
  configMap: "name",
  secret: "secretName",
  hostPath: "path",
  persistentVolumeClaim: "claimName",
};

export function volumeErrors({ volumes = [] }: PodSpec): FieldError[] {
  const seen = new Set<string>();
  return volumes.flatMap((volume, index) => {
    const path = `spec.volumes[${index}]`;
    const { name = "" } = volume;
    const errors =
      name === "" ? [required(`${path}.name`)] : labelErrors(name).map((why) => invalid(`${path}.name`, name, why));
    if (errors.length === 0 && seen.has(name)) errors.push(duplicate(`${path}.name`, name));
    errors.push(...sourceErrors(volume, path));
    if (errors.length === 0) seen.add(name);
    return errors;
  });
}

function sourceErrors(volume: Volume, path: string): FieldError[] {
  const [source, ...more] = volumeSources(volume);
  if (source === undefined) return [required(path, "must specify a volume type")];
  const extra = more.map((name) => forbidden(`${path}.${name}`, "may not specify more than 1 volume type"));
  const field = requiredFields[source];
  const value = volume[source];
  const isMissing = field !== undefined && isRecord(value) && !value[field];
  return [...extra, ...(isMissing ? [required(`${path}.${source}.${field}`)] : [])];
}
