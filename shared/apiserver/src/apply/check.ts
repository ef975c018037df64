import { isRecord } from "../object/object.ts";
import { itemKey } from "../schema/list-keys.ts";
import { isIntOrString, type Schema } from "../schema/schema.ts";
import { describePath, fieldElement, type PathElement } from "./path-element.ts";
import { fieldOf, itemElement, schemaBelow, structureOf } from "./structure.ts";

/** Why an object cannot be applied: undeclared fields, wrong types, items without or with the same key. */
export function applyErrors(value: unknown, schema: Schema, path: readonly PathElement[] = []): string[] {
  if (value === null || value === undefined) return [];
  const wrongType = typeProblem(value, schema);
  if (wrongType) return [`${describePath(path)}: ${wrongType}`];
  if (Array.isArray(value)) return listErrors(value, schema, path);
  if (!isRecord(value) || structureOf(value, schema) === "leaf") return [];
  return Object.entries(value).flatMap(([name, item]) => {
    const element = fieldElement(name);
    const below = [...path, element];
    if (!fieldOf(schema, name)) return [`${describePath(below)}: field not declared in schema`];
    return applyErrors(item, schemaBelow(schema, element), below);
  });
}

function typeProblem(value: unknown, schema: Schema): string | undefined {
  const { type } = schema;
  if (type === undefined || isIntOrString(schema)) return undefined;
  if (type === "object") return isRecord(value) ? undefined : `expected map, got ${shown(value)}`;
  if (type === "array") return Array.isArray(value) ? undefined : `expected list, got ${shown(value)}`;
  if (type === "integer" || type === "number") {
    const isNumeric = typeof value === "number" || typeof value === "bigint";
    return isNumeric ? undefined : `expected numeric (int or float), got ${typeof value}`;
  }
  const found: string = typeof value;
  return found === type ? undefined : `expected ${type}, got ${shown(value)}`;
}

function shown(value: unknown): string {
  return `&value.valueUnstructured{Value:${JSON.stringify(value, (_key, item) => (typeof item === "bigint" ? String(item) : item))}}`;
}

function listErrors(value: readonly unknown[], schema: Schema, path: readonly PathElement[]): string[] {
  const structure = structureOf(value, schema);
  if (structure === "leaf") return value.flatMap((item) => applyErrors(item, schema.items ?? {}, path).slice(0, 1));
  const seen = new Set<PathElement>();
  return value.flatMap((item, index) => {
    const keys = (schema["x-kubernetes-list-map-keys"] ?? []).map((key) => JSON.stringify(key)).join(", ");
    if (structure === "items" && Object.keys(itemKey(item, schema)).length === 0) {
      const why = `associative list with keys has an element that omits all key fields [${keys}] (and doesn't have default values for any key fields)`;
      return [`${describePath(path)}: element ${index}: ${why}`];
    }
    const element = itemElement(item, schema);
    if (seen.has(element)) return [`${describePath(path)}: duplicate entries for key ${describePath([element])}`];
    seen.add(element);
    return structure === "items" ? applyErrors(item, schemaBelow(schema, element), [...path, element]) : [];
  });
}
