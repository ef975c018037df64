import { isRecord } from "../object/object.ts";
import { itemKey } from "../schema/list-keys.ts";
import { objectMetaSchema } from "../schema/object-meta.ts";
import { keepsUnknown, type Schema } from "../schema/schema.ts";
import { content, isField, keyElement, type PathElement, valueElement } from "./path-element.ts";

/** How ownership treats a value: as a whole, by field, or by list item. */
export type Structure = "leaf" | "fields" | "items" | "set";

/** Values of which no schema says anything are owned by field, lists among them as a whole. */
const deduced: Schema = { "x-kubernetes-preserve-unknown-fields": true };

const text: Schema = { type: "string" };
const embedded: Record<string, Schema> = { apiVersion: text, kind: text, metadata: objectMetaSchema };

/** How the value is owned, given its schema. */
export function structureOf(value: unknown, schema: Schema): Structure {
  if (Array.isArray(value)) return listStructure(schema);
  if (!isRecord(value) || schema["x-kubernetes-map-type"] === "atomic") return "leaf";
  const isDescribed = schema.type !== undefined || schema.properties !== undefined;
  return isDescribed || schema["x-kubernetes-preserve-unknown-fields"] ? "fields" : "leaf";
}

function listStructure(schema: Schema): Structure {
  const listType = schema["x-kubernetes-list-type"];
  if (listType === "map") return "items";
  return listType === "set" ? "set" : "leaf";
}

/** The schema of a field, and whether the schema names it (rather than taking any name). */
export function fieldOf(schema: Schema, name: string): { schema: Schema; isNamed: boolean } | undefined {
  const properties = schema["x-kubernetes-embedded-resource"]
    ? { ...embedded, ...schema.properties }
    : schema.properties;
  const named = properties && Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (named) return { schema: named, isNamed: true };
  if (typeof schema.additionalProperties === "object") return { schema: schema.additionalProperties, isNamed: false };
  return keepsUnknown(schema) ? { schema: deduced, isNamed: false } : undefined;
}

/** The schema of what a path element leads to. */
export function schemaBelow(schema: Schema, element: PathElement): Schema {
  if (isField(element)) return fieldOf(schema, content(element))?.schema ?? deduced;
  return schema.items ?? deduced;
}

/** The path element of an item of an associative list or a set. */
export function itemElement(item: unknown, list: Schema): PathElement {
  return list["x-kubernetes-list-type"] === "map" ? keyElement(itemKey(item, list)) : valueElement(item);
}
