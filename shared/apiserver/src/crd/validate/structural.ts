import { isRecord } from "../../object/object.ts";
import { isIntOrString, type Schema } from "../../schema/schema.ts";
import { type FieldError, forbidden, invalid, notSupported, required } from "../../status/field-error.ts";
import { defaultErrors } from "./default-values.ts";
import { listTypeErrors, mapTypeErrors } from "./list-types.ts";

const types = ["array", "boolean", "integer", "number", "object", "string"];
const metadataFields = new Set(["name", "generateName"]);

/** Errors that make the schema of a version unusable or not structural. */
export function rootSchemaErrors(schema: Schema, path: string): FieldError[] {
  const { type, properties = {} } = schema;
  const errors: FieldError[] = [];
  if (!type) errors.push(required(`${path}.type`, "must not be empty at the root"));
  else if (type !== "object") errors.push(invalid(`${path}.type`, type, "must be object at the root"));
  if (schema.default !== undefined) errors.push(forbidden(`${path}.default`, "must not be set at the root"));
  for (const field of ["apiVersion", "kind"]) {
    const own = properties[field]?.type;
    if (own !== undefined && own !== "string")
      errors.push(invalid(`${path}.properties[${field}].type`, own, "must be string"));
  }
  const { metadata } = properties;
  if (metadata && Object.keys(metadata.properties ?? {}).some((name) => !metadataFields.has(name))) {
    const why = "must not specify anything other than name and generateName, but metadata is implicitly specified";
    errors.push(forbidden(`${path}.properties[metadata]`, why));
  }
  return [...errors, ...schemaErrors(schema, path)];
}

function schemaErrors(schema: Schema, path: string): FieldError[] {
  return [
    ...keywordErrors(schema, path),
    ...extensionErrors(schema, path),
    ...listTypeErrors(schema, path),
    ...mapTypeErrors(schema, path),
    ...defaultErrors(schema, path),
    ...combinedErrors(schema, path),
    ...nestedErrors(schema, path),
  ];
}

function keywordErrors(schema: Schema & { $ref?: string; uniqueItems?: boolean }, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { type, pattern, properties, additionalProperties, $ref, uniqueItems } = schema;
  if (type && !types.includes(type)) errors.push(notSupported(`${path}.type`, type, types));
  if ($ref !== undefined) errors.push(forbidden(`${path}.$ref`, "$ref is not supported"));
  if (uniqueItems) {
    const why = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic";
    errors.push(forbidden(`${path}.uniqueItems`, why));
  }
  if (isRecord(additionalProperties) && properties && Object.keys(properties).length > 0) {
    errors.push(forbidden(`${path}.additionalProperties`, "additionalProperties and properties are mutual exclusive"));
  }
  if (pattern !== undefined && !isRegularExpression(pattern)) {
    errors.push(invalid(`${path}.pattern`, pattern, "must be a valid regular expression, but isn't"));
  }
  return errors;
}

function isRegularExpression(pattern: string): boolean {
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}

function extensionErrors(schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { type, properties } = schema;
  if (schema["x-kubernetes-preserve-unknown-fields"] === false) {
    errors.push(invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, "must be true or undefined"));
  }
  if (!schema["x-kubernetes-embedded-resource"]) return errors;
  if (!schema["x-kubernetes-preserve-unknown-fields"] && !properties) {
    const why =
      "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields";
    errors.push(required(`${path}.properties`, why));
  }
  if (type !== "object")
    errors.push(invalid(`${path}.type`, type, "must be object if x-kubernetes-embedded-resource is true"));
  return errors;
}

/** Fields and items must say their type; nothing else may say it. */
function nestedErrors(schema: Schema, path: string): FieldError[] {
  const { type, properties = {}, additionalProperties, items } = schema;
  const errors: FieldError[] = [];
  for (const [name, field] of Object.entries(properties)) {
    const at = `${path}.properties[${name}]`;
    errors.push(...typeErrors(field, at, "must not be empty for specified object fields"), ...schemaErrors(field, at));
  }
  if (isRecord(additionalProperties)) {
    const at = `${path}.additionalProperties`;
    errors.push(...typeErrors(additionalProperties, at, "must not be empty for specified object fields"));
    errors.push(...schemaErrors(additionalProperties, at));
  }
  if (items) {
    const at = `${path}.items`;
    errors.push(...typeErrors(items, at, "must not be empty for specified array items"), ...schemaErrors(items, at));
  } else if (type === "array") {
    errors.push(required(`${path}.items`, "must be specified"));
  }
  return errors;
}

function typeErrors(schema: Schema, path: string, why: string): FieldError[] {
  const isUntyped = isIntOrString(schema) || schema["x-kubernetes-preserve-unknown-fields"] === true;
  return schema.type || isUntyped ? [] : [required(`${path}.type`, why)];
}

const structuralKeywords = [
  "type",
  "default",
  "nullable",
  "description",
  "x-kubernetes-preserve-unknown-fields",
] as const;

// Inside of anyOf and its like a schema may only restrict values, never say what there is.
function combinedErrors(schema: Schema, path: string): FieldError[] {
  const lists = (["allOf", "anyOf", "oneOf"] as const).flatMap((keyword) =>
    (schema[keyword] ?? []).map((nested, index) => ({ nested, at: `${path}.${keyword}[${index}]`, keyword })),
  );
  const all = schema.not ? [...lists, { nested: schema.not, at: `${path}.not`, keyword: "not" as const }] : lists;
  return all.flatMap(({ nested, at, keyword }) => {
    // This one form is how int-or-string is spelled out.
    const isSpelledOut = isIntOrString(schema) && (keyword === "anyOf" || keyword === "allOf");
    return isSpelledOut ? [] : restrictionErrors(nested, at);
  });
}

function restrictionErrors(schema: Schema, path: string): FieldError[] {
  const own = structuralKeywords
    .filter((keyword) => schema[keyword] !== undefined)
    .map((keyword) => forbidden(`${path}.${keyword}`, "must be empty to be structural"));
  const nested = Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    restrictionErrors(field, `${path}.properties[${name}]`),
  );
  return [...own, ...nested, ...(schema.items ? restrictionErrors(schema.items, `${path}.items`) : [])];
}
