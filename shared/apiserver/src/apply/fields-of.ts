import { isRecord } from "../object/object.ts";
import type { Schema } from "../schema/schema.ts";
import { type FieldSet, FieldSetBuilder } from "./field-set.ts";
import { fieldElement } from "./path-element.ts";
import { fieldOf, itemElement, schemaBelow, structureOf } from "./structure.ts";

/** The fields that an applied object claims. */
export function fieldsOf(value: unknown, schema: Schema): FieldSet {
  const builder = new FieldSetBuilder();
  collect(value, schema, builder);
  return builder.build();
}

function collect(value: unknown, schema: Schema, into: FieldSetBuilder): void {
  const structure = structureOf(value, schema);
  if (structure === "fields" && isRecord(value)) {
    for (const [name, item] of Object.entries(value)) collectField(name, item, schema, into);
  } else if (Array.isArray(value) && structure !== "leaf") {
    for (const item of value) {
      const element = itemElement(item, schema);
      into.insert(element);
      if (structure === "items") collect(item, schemaBelow(schema, element), into.below(element));
    }
  }
}

function collectField(name: string, value: unknown, schema: Schema, into: FieldSetBuilder): void {
  if (value === undefined) return;
  const field = fieldOf(schema, name);
  const element = fieldElement(name);
  const below = schemaBelow(schema, element);
  const isWhole = structureOf(value, below) === "leaf" || (isRecord(value) && Object.keys(value).length === 0);
  if (isWhole || !field?.isNamed) into.insert(element);
  if (!isWhole) collect(value, below, into.below(element));
}
