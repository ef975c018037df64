import { isRecord, type JsonObject } from "../object/object.ts";
import { DecodeError } from "./decode-error.ts";
import { isIntOrString, propertySchema, type Schema } from "./schema.ts";
import { decodeText } from "./text-forms.ts";

/** `path` has no list indexes. */
function wrongType(path: string, found: string, wanted: string): DecodeError {
  return new DecodeError(`json: cannot unmarshal ${found} into Go struct field ${path} of type ${wanted}`);
}

/**
 * Brings an object of a built-in kind into the form the API server stores it in: nulls, and optional lists, maps and
 * strings that are empty, are absent; times are in UTC. Throws DecodeError where a value has the wrong type or form.
 */
export function decode(value: unknown, schema: Schema, path: string): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items) for (const item of value) decodeField(item, items, path);
  } else if (isRecord(value)) {
    decodeObject(value, schema, path);
  }
}

function decodeObject(value: JsonObject, schema: Schema, path: string): void {
  for (const key of Object.keys(value)) {
    const field = propertySchema(schema, key);
    if (!field) continue;
    const item = value[key];
    if (item === null && !isFreeForm(field)) {
      delete value[key];
      continue;
    }
    const isNamed = schema.properties !== undefined && Object.hasOwn(schema.properties, key);
    decodeField(item, field, isNamed ? `${path}.${key}` : path);
    if (typeof item === "string" && field.format !== undefined) value[key] = decodeText(item, field.format);
    if (isNamed && isEmpty(item, field) && !schema.required?.includes(key)) delete value[key];
  }
}

function decodeField(value: unknown, schema: Schema, path: string): void {
  if (!hasGoType(value, schema)) throw wrongType(path, jsonName(value), goName(schema));
  decode(value, schema, path);
}

function isFreeForm(schema: Schema): boolean {
  return schema.type === undefined && !isIntOrString(schema);
}

function hasGoType(value: unknown, schema: Schema): boolean {
  if (isIntOrString(schema)) return typeof value === "string" || Number.isInteger(value);
  switch (schema.type) {
    case undefined:
      return true;
    case "array":
      return Array.isArray(value);
    case "object":
      return isRecord(value);
    case "integer":
      return isGoInteger(value, schema.format);
    case "number":
      return typeof value === "number" || typeof value === "bigint";
    default:
      return typeof value === schema.type;
  }
}

function isGoInteger(value: unknown, format: string | undefined): boolean {
  if (typeof value === "bigint") return format === "int64";
  return Number.isInteger(value) && (format !== "int32" || Math.abs(Number(value)) <= 2 ** 31);
}

function isEmpty(value: unknown, schema: Schema): boolean {
  if (schema.type === "string") return value === "";
  if (schema.type === "array") return Array.isArray(value) && value.length === 0;
  return isRecord(value) && schema.additionalProperties !== undefined && Object.keys(value).length === 0;
}

function jsonName(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (isRecord(value)) return "object";
  if (typeof value === "boolean") return "bool";
  return typeof value === "string" ? "string" : "number";
}

function goName(schema: Schema): string {
  if (isIntOrString(schema)) return "intstr.IntOrString";
  if (schema.type === "integer") return schema.format ?? "int64";
  if (schema.type === "boolean") return "bool";
  if (schema.type === "array") return `[]${schema.items ? goName(schema.items) : "interface {}"}`;
  if (typeof schema.additionalProperties === "object") return `map[string]${goName(schema.additionalProperties)}`;
  return schema.type ?? "interface {}";
}
