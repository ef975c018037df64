import { isRecord, type JsonObject } from "../object/object.ts";
import { at, child, keepsUnknown, propertySchema, type Schema } from "./schema.ts";

const objectFields = new Set(["apiVersion", "kind", "metadata"]);

/** Removes from `value` the fields that the schema does not specify and returns their paths. */
export function prune(value: unknown, schema: Schema, path = ""): string[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.flatMap((item, index) => prune(item, items, at(path, index))) : [];
  }
  return isRecord(value) ? pruneObject(value, schema, path) : [];
}

function pruneObject(value: JsonObject, schema: Schema, path: string): string[] {
  const isObject = path === "" || schema["x-kubernetes-embedded-resource"] === true;
  return Object.keys(value).flatMap((key) => {
    const field = propertySchema(schema, key);
    if (field) return prune(value[key], field, child(path, key));
    if (keepsUnknown(schema) || (isObject && objectFields.has(key))) return [];
    delete value[key];
    return [child(path, key)];
  });
}
