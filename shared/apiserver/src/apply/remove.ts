import { isRecord, type JsonObject, setField } from "../object/object.ts";
import type { Schema } from "../schema/schema.ts";
import { FieldSet } from "./field-set.ts";
import { content, fieldElement, isField, type PathElement } from "./path-element.ts";
import { fieldOf, itemElement, schemaBelow, structureOf } from "./structure.ts";

/** A copy of `value` without the fields and items in the set, and without what is below them. */
export function removeFields(value: unknown, set: FieldSet, schema: Schema): unknown {
  if (set.isEmpty) return value;
  if (Array.isArray(value)) return removeItems(value, set, schema);
  if (!isRecord(value) || structureOf(value, schema) === "leaf") return value;
  const result: JsonObject = {};
  for (const [name, item] of Object.entries(value)) {
    const element = fieldElement(name);
    if (!set.has(element)) setField(result, name, removeFields(item, set.below(element), schemaBelow(schema, element)));
  }
  return result;
}

function removeItems(value: readonly unknown[], set: FieldSet, schema: Schema): unknown {
  if (structureOf(value, schema) === "leaf") return value;
  const kept = value.flatMap((item) => {
    const element = itemElement(item, schema);
    return set.has(element) ? [] : [removeFields(item, set.below(element), schemaBelow(schema, element))];
  });
  return kept;
}

/** The set with every field that its schema names on the way to a member as a member. */
export function withNamedFields(set: FieldSet, schema: Schema): FieldSet {
  const nodes = new Map<PathElement, { isMember: boolean; children: FieldSet }>();
  for (const element of set.nodes.keys()) {
    const isNamed = isField(element) && fieldOf(schema, content(element))?.isNamed === true;
    const children = withNamedFields(set.below(element), schemaBelow(schema, element));
    nodes.set(element, { isMember: set.has(element) || isNamed, children });
  }
  return new FieldSet(nodes);
}
