/** OpenAPI v3 as Kubernetes uses it, with references resolved. A schema without type takes any value. */
export interface Schema {
  type?: string;
  format?: string;
  description?: string;
  nullable?: boolean;
  default?: unknown;
  enum?: unknown[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: boolean;
  exclusiveMaximum?: boolean;
  multipleOf?: number;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  maxProperties?: number;
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  not?: Schema;
  "x-kubernetes-int-or-string"?: boolean;
  "x-kubernetes-preserve-unknown-fields"?: boolean;
  "x-kubernetes-embedded-resource"?: boolean;
  "x-kubernetes-list-type"?: "atomic" | "set" | "map";
  "x-kubernetes-list-map-keys"?: string[];
  "x-kubernetes-map-type"?: "atomic" | "granular";
  "x-kubernetes-patch-strategy"?: string;
  "x-kubernetes-patch-merge-key"?: string;
  "x-kubernetes-validations"?: { rule: string; message?: string }[];
}

/** The schema of a property, a map value or nothing when the field is not specified. */
export function propertySchema(schema: Schema, name: string): Schema | undefined {
  if (schema.properties && Object.hasOwn(schema.properties, name)) return schema.properties[name];
  return typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
}

/** Whether fields that the schema does not specify are kept. */
export function keepsUnknown(schema: Schema): boolean {
  return (
    schema["x-kubernetes-preserve-unknown-fields"] === true || schema.additionalProperties === true || isUntyped(schema)
  );
}

function isUntyped(schema: Schema): boolean {
  return schema.type === undefined && schema.properties === undefined && schema.additionalProperties === undefined;
}

export function isIntOrString(schema: Schema): boolean {
  return schema["x-kubernetes-int-or-string"] === true || schema.format === "int-or-string";
}

export const child = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);
export const at = (path: string, index: number): string => `${path}[${index}]`;
