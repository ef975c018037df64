import type { JsonObject, JsonValue } from "@elemental/protocol";

/** A list as the map that templates can index: `0`, `1`, … */
export function byIndex(items: readonly JsonValue[]): JsonObject {
  return Object.fromEntries(items.map((item, index) => [String(index), item]));
}

/** The same items under their numbers and under their names; a numeric name replaces the number. */
export function byIndexAndName(items: readonly ({ Name: string } & JsonObject)[]): JsonObject {
  return { ...byIndex(items), ...Object.fromEntries(items.map((item) => [item.Name, item])) };
}
