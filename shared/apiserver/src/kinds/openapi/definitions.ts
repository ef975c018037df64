import { isRecord } from "../../object/object.ts";
import type { Schema } from "../../schema/schema.ts";
import raw from "./definitions.json" with { type: "json" };

/** The definitions of the built-in kinds as the OpenAPI documents show them: references by name, no descriptions. */
export const definitions: Readonly<Record<string, object>> = raw;

const prefix = "#/components/schemas/";
const resolved = new Map<string, Schema>();

/** What the documents do not tell of scalar types that have a text form of their own. */
const scalarFormats: Readonly<Record<string, Schema>> = {
  "io.k8s.apimachinery.pkg.api.resource.Quantity": { format: "quantity" },
  "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": { format: "micro-time" },
};

/** The definition with every reference replaced by what it refers to. */
export function definitionOf(name: string): Schema {
  const known = resolved.get(name);
  if (known) return known;
  const definition = definitions[name];
  if (!definition) throw new Error(`No definition ${name} among the built-in kinds.`);
  const schema: Schema = {};
  resolved.set(name, schema);
  return Object.assign(schema, resolve(definition), scalarFormats[name]);
}

function resolve(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolve);
  if (!isRecord(value)) return value;
  if (typeof value.$ref === "string") return definitionOf(value.$ref.slice(prefix.length));
  const { allOf, ...rest } = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item)]));
  // A reference beside other keywords, which say more about the field, e.g. how patches merge it.
  if (Array.isArray(allOf) && allOf.length === 1) return { ...allOf[0], ...rest };
  return allOf === undefined ? rest : { ...rest, allOf };
}
