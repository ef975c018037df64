import { z } from "zod";

/** An OpenAPI v3 schema in the structural form that CustomResourceDefinitions need, the part that ours use. */
export interface StructuralSchema {
  type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  description?: string;
  format?: string;
  nullable?: boolean;
  default?: unknown;
  enum?: string[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  required?: string[];
  properties?: Record<string, StructuralSchema>;
  items?: StructuralSchema;
  additionalProperties?: StructuralSchema | boolean;
  anyOf?: { type: "integer" | "string" }[];
  example?: unknown;
  "x-kubernetes-preserve-unknown-fields"?: boolean;
  "x-kubernetes-int-or-string"?: boolean;
  "x-kubernetes-map-type"?: string;
  "x-kubernetes-list-type"?: string;
}

type Marked = StructuralSchema & { "x-required"?: boolean };

/** The structural form of a zod schema built from the fields of this package. */
export function structuralSchema(schema: z.ZodType): StructuralSchema {
  const json = z.toJSONSchema(schema, { target: "openapi-3.0", io: "input", unrepresentable: "any" });
  return structural(json as Marked);
}

function structural(marked: Marked): StructuralSchema {
  const {
    "x-required": _,
    anyOf: __,
    minimum,
    maximum,
    required,
    properties,
    items,
    additionalProperties,
    ...rest
  } = marked;
  return {
    ...rest,
    ...(rest["x-kubernetes-int-or-string"] ? { anyOf: [{ type: "integer" }, { type: "string" }] } : {}),
    ...(minimum === undefined || formatBounds.has(minimum) ? {} : { minimum }),
    ...(maximum === undefined || formatBounds.has(maximum) ? {} : { maximum }),
    ...objectParts(properties ?? {}, required ?? []),
    ...(items ? { items: structural(items) } : {}),
    ...(typeof additionalProperties === "object" && !rest["x-kubernetes-preserve-unknown-fields"]
      ? { additionalProperties: structural(additionalProperties) }
      : {}),
  };
}

/** Bounds that zod adds to integers and that `format` already says, or that only a JavaScript number has. */
const formatBounds = new Set([Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, -(2 ** 31), 2 ** 31 - 1]);

function objectParts(properties: Record<string, Marked>, required: string[]): StructuralSchema {
  const names = Object.keys(properties);
  if (names.length === 0) return {};
  const all = [...required, ...names.filter((name) => properties[name]?.["x-required"])].sort();
  return {
    properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, structural(value)])),
    ...(all.length > 0 ? { required: all } : {}),
  };
}
