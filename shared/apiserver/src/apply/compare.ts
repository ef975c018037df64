import { isEqual, isRecord, type JsonObject } from "../object/object.ts";
import type { Schema } from "../schema/schema.ts";
import { type FieldSet, FieldSetBuilder } from "./field-set.ts";
import { fieldElement, type PathElement } from "./path-element.ts";
import { itemElement, type Structure, schemaBelow, structureOf } from "./structure.ts";

/** How an object became another. */
export interface Comparison {
  added: FieldSet;
  modified: FieldSet;
  removed: FieldSet;
}

type Builders = Record<keyof Comparison, FieldSetBuilder>;

/** Which fields of `before` are different in `after`. */
export function compare(before: JsonObject, after: JsonObject, schema: Schema): Comparison {
  const into = { added: new FieldSetBuilder(), modified: new FieldSetBuilder(), removed: new FieldSetBuilder() };
  compareParts(fieldsBy(before), fieldsBy(after), schema, into);
  return { added: into.added.build(), modified: into.modified.build(), removed: into.removed.build() };
}

type Parts = ReadonlyMap<PathElement, unknown>;

function compareParts(before: Parts, after: Parts, schema: Schema, into: Builders): void {
  for (const element of new Set([...before.keys(), ...after.keys()])) {
    comparePart(element, [before.get(element), after.get(element)], schemaBelow(schema, element), into);
  }
}

function comparePart(element: PathElement, [before, after]: [unknown, unknown], schema: Schema, into: Builders): void {
  const structure = commonStructure(before, after, schema);
  if (before === undefined) into.added.insert(element);
  else if (after === undefined) into.removed.insert(element);
  else if (structure === "leaf" && !isEqual(before, after)) into.modified.insert(element);
  if (structure !== "leaf")
    compareParts(partsOf(before, schema), partsOf(after, schema), schema, belowAll(into, element));
}

function belowAll(into: Builders, element: PathElement): Builders {
  return {
    added: into.added.below(element),
    modified: into.modified.below(element),
    removed: into.removed.below(element),
  };
}

// Values of different structure are compared as a whole, as are two empty ones.
function commonStructure(before: unknown, after: unknown, schema: Schema): Structure {
  const structure = structureOf(before ?? after, schema);
  if (before !== undefined && before !== null && structureOf(after ?? before, schema) !== structure) return "leaf";
  return isEmpty(before) && isEmpty(after) ? "leaf" : structure;
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return !isRecord(value) || Object.keys(value).length === 0;
}

function partsOf(value: unknown, schema: Schema): Parts {
  if (Array.isArray(value)) return new Map(value.map((item) => [itemElement(item, schema), item]));
  return isRecord(value) ? fieldsBy(value) : new Map();
}

function fieldsBy(value: JsonObject): Parts {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return new Map(entries.map(([name, item]) => [fieldElement(name), item]));
}
