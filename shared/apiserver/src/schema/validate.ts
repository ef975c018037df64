import { isRecord, type JsonObject } from "../object/object.ts";
import { duplicate, type FieldError, required } from "../status/field-error.ts";
import { combinationErrors } from "./combinations.ts";
import { fingerprint, itemKey } from "./list-keys.ts";
import { at, child, isIntOrString, propertySchema, type Schema } from "./schema.ts";
import { enumErrors, numberErrors, stringErrors, typeError } from "./values.ts";

/** Everything that is wrong with `value` according to the schema, in the API server's words. */
export function validate(value: unknown, schema: Schema, path = ""): FieldError[] {
  if (value === null && (schema.nullable || isAnyType(schema))) return [];
  const isTyped = value !== null && hasType(value, schema);
  return [
    ...(isTyped ? [] : [typeError(path, value, schema.type ?? "integer,string")]),
    ...(isTyped ? combinationErrors(value, schema, path, validate) : []),
    ...enumErrors(value, schema, path),
    ...(isTyped ? valueErrors(value, schema, path) : []),
  ];
}

function valueErrors(value: unknown, schema: Schema, path: string): FieldError[] {
  if (typeof value === "string") return stringErrors(value, schema, path);
  if (typeof value === "number" || typeof value === "bigint") return numberErrors(value, schema, path);
  if (Array.isArray(value)) return arrayErrors(value, schema, path);
  return isRecord(value) ? objectErrors(value, schema, path) : [];
}

function isAnyType(schema: Schema): boolean {
  return schema.type === undefined && !isIntOrString(schema);
}

function hasType(value: unknown, schema: Schema): boolean {
  if (isIntOrString(schema)) return typeof value === "string" || isInteger(value);
  switch (schema.type) {
    case undefined:
      return true;
    case "integer":
      return isInteger(value);
    case "number":
      return typeof value === "number" || typeof value === "bigint";
    case "array":
      return Array.isArray(value);
    case "object":
      return isRecord(value);
    default:
      return typeof value === schema.type;
  }
}

function isInteger(value: unknown): boolean {
  return typeof value === "bigint" || Number.isSafeInteger(value);
}

function arrayErrors(value: readonly unknown[], schema: Schema, path: string): FieldError[] {
  const { items, minItems, maxItems } = schema;
  const errors: FieldError[] = [];
  if (minItems !== undefined && value.length < minItems) {
    errors.push({
      kind: "invalid",
      field: path,
      value: value.length,
      detail: `${path} in body should have at least ${minItems} items`,
    });
  }
  if (maxItems !== undefined && value.length > maxItems) {
    errors.push({ kind: "tooMany", field: path, value: value.length, detail: `must have at most ${maxItems} items` });
  }
  if (items) errors.push(...value.flatMap((item, index) => validate(item, items, at(path, index))));
  return [...errors, ...duplicateErrors(value, schema, path)];
}

function duplicateErrors(value: readonly unknown[], schema: Schema, path: string): FieldError[] {
  const listType = schema["x-kubernetes-list-type"];
  if (listType !== "set" && listType !== "map") return [];
  const seen = new Set<string>();
  return value.flatMap((item, index) => {
    const key = listType === "map" ? itemKey(item, schema) : item;
    const text = fingerprint(key);
    if (!seen.has(text)) {
      seen.add(text);
      return [];
    }
    return [duplicate(at(path, index), key)];
  });
}

const typeFields = ["apiVersion", "kind"];

function objectErrors(value: JsonObject, schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of Object.keys(value)) {
    const field = propertySchema(schema, key);
    if (field) errors.push(...validate(value[key], field, child(path, key)));
  }
  for (const key of [...(schema["x-kubernetes-embedded-resource"] ? typeFields : []), ...(schema.required ?? [])]) {
    if (value[key] === undefined) errors.push(required(child(path, key)));
  }
  return [...errors, ...sizeErrors(Object.keys(value).length, schema, path)];
}

function sizeErrors(size: number, { minProperties, maxProperties }: Schema, path: string): FieldError[] {
  if (minProperties !== undefined && size < minProperties) {
    return [
      {
        kind: "invalid",
        field: path,
        value: size,
        detail: `${path} in body should have at least ${minProperties} properties`,
      },
    ];
  }
  if (maxProperties !== undefined && size > maxProperties) {
    return [{ kind: "tooMany", field: path, value: size, detail: `must have at most ${maxProperties} items` }];
  }
  return [];
}
