import { clone, isRecord, type JsonObject, setField } from "../object/object.ts";
import type { Schema } from "../schema/schema.ts";
import { fieldElement, type PathElement } from "./path-element.ts";
import { itemElement, schemaBelow, structureOf } from "./structure.ts";

/** `live` with everything that `applied` says: fields and items are merged, what is owned as a whole is replaced. */
export function mergeApplied(live: unknown, applied: unknown, schema: Schema): unknown {
  const structure = structureOf(applied, schema);
  if (structure === "fields" && isRecord(applied)) return mergeFields(isRecord(live) ? live : {}, applied, schema);
  if (structure === "leaf" || !Array.isArray(applied)) return clone(applied);
  return mergeItems(Array.isArray(live) ? live : [], applied, schema);
}

function mergeFields(live: JsonObject, applied: JsonObject, schema: Schema): JsonObject {
  const result = clone(live);
  for (const [name, value] of Object.entries(applied)) {
    const current = Object.hasOwn(live, name) ? live[name] : undefined;
    setField(result, name, mergeApplied(current, value, schemaBelow(schema, fieldElement(name))));
  }
  return result;
}

/** Items keep the order of `live`, except that those which were applied come in the order they were applied in. */
function mergeItems(live: readonly unknown[], applied: readonly unknown[], schema: Schema): unknown[] {
  const byElement = (items: readonly unknown[]) =>
    new Map<PathElement, unknown>(items.map((item) => [itemElement(item, schema), item]));
  const current = byElement(live);
  const wanted = byElement(applied);
  const merged = (element: PathElement, item: unknown) =>
    schema["x-kubernetes-list-type"] === "map" && current.has(element)
      ? mergeApplied(current.get(element), item, schemaBelow(schema, element))
      : clone(item);
  const rest = [...wanted.keys()];
  const result: unknown[] = [];
  const takeThrough = (element: PathElement | undefined) => {
    const count = element === undefined ? rest.length : rest.indexOf(element) + 1;
    for (const next of rest.splice(0, count)) result.push(merged(next, wanted.get(next)));
  };
  for (const [element, item] of current) {
    if (!wanted.has(element)) result.push(clone(item));
    else takeThrough(element);
  }
  takeThrough(undefined);
  return result;
}
