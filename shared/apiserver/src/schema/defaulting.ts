import { clone, isRecord, type JsonObject } from "../object/object.ts";
import { propertySchema, type Schema } from "./schema.ts";

/**
 * Fills in defaults. A null where null is not allowed counts as absent: it gets the default or is removed.
 */
export function applyDefaults(value: unknown, schema: Schema): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items) for (const item of value) applyDefaults(item, items);
  } else if (isRecord(value)) {
    dropNulls(value, schema);
    addDefaults(value, schema);
    for (const key of Object.keys(value)) {
      const field = propertySchema(schema, key);
      if (field) applyDefaults(value[key], field);
    }
  }
}

function dropNulls(value: JsonObject, schema: Schema): void {
  for (const key of Object.keys(value)) {
    const field = propertySchema(schema, key);
    if (value[key] === null && field && field.nullable !== true && field.type !== undefined) delete value[key];
  }
}

function addDefaults(value: JsonObject, schema: Schema): void {
  for (const [key, field] of Object.entries(schema.properties ?? {})) {
    if (field.default !== undefined && value[key] === undefined) value[key] = clone(field.default);
  }
}
