import type { Schema } from "../../schema/schema.ts";
import { type FieldError, invalid, notSupported, required } from "../../status/field-error.ts";

/** Errors in how a list is merged by server-side apply. */
export function listTypeErrors(schema: Schema, path: string): FieldError[] {
  const listType: string | undefined = schema["x-kubernetes-list-type"];
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const { type, items } = schema;
  if (listType === undefined) return [];
  if (type !== "array")
    return [invalid(`${path}.type`, type ?? "", "must be array if x-kubernetes-list-type is specified")];
  if (!["atomic", "set", "map"].includes(listType)) {
    const detail = 'supported values: "atomic", "set", "map"';
    return [{ kind: "notSupported", field: `${path}.x-kubernetes-list-type`, value: listType, detail }];
  }
  if (listType === "map") return mapListErrors(items ?? {}, keys, path);
  return listType === "set" ? setErrors(items ?? {}, path) : [];
}

function mapListErrors(items: Schema, keys: readonly string[], path: string): FieldError[] {
  if (items.type !== "object") {
    const why = "must be object if parent array's x-kubernetes-list-type is map";
    return [invalid(`${path}.items.type`, items.type ?? "", why)];
  }
  if (keys.length === 0) {
    return [required(`${path}.x-kubernetes-list-map-keys`, "must not be empty if x-kubernetes-list-type is map")];
  }
  return keys.flatMap((key) => {
    const field = items.properties?.[key];
    if (!field)
      return [invalid(`${path}.x-kubernetes-list-map-keys`, key, "entries must all be names of item properties")];
    if (field.default !== undefined || items.required?.includes(key)) return [];
    const why = "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property";
    return [required(`${path}.items.properties[${key}].default`, why)];
  });
}

function setErrors(items: Schema, path: string): FieldError[] {
  if (items.type === "object" && items["x-kubernetes-map-type"] !== "atomic") {
    const why = "must be atomic as item of a list with x-kubernetes-list-type=set";
    return [invalid(`${path}.items.x-kubernetes-map-type`, items["x-kubernetes-map-type"] ?? null, why)];
  }
  if (items.type === "array" && (items["x-kubernetes-list-type"] ?? "atomic") !== "atomic") {
    const why = "must be atomic as item of a list with x-kubernetes-list-type=set";
    return [invalid(`${path}.items.x-kubernetes-list-type`, items["x-kubernetes-list-type"], why)];
  }
  return [];
}

/** Errors in how a map is merged by server-side apply. */
export function mapTypeErrors(schema: Schema, path: string): FieldError[] {
  const mapType: string | undefined = schema["x-kubernetes-map-type"];
  if (mapType === undefined || mapType === "atomic" || mapType === "granular") return [];
  return [notSupported(`${path}.x-kubernetes-map-type`, mapType, ["atomic", "granular"])];
}
