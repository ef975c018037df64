import { stringifyJson } from "@elemental/api";
import { isRecord, type JsonObject } from "../object/object.ts";
import type { Schema } from "./schema.ts";

/** The key fields of an item of a list of type `map`; a missing key has the default of its schema. */
export function itemKey(item: unknown, list: Schema): JsonObject {
  const key: JsonObject = {};
  if (!isRecord(item)) return key;
  for (const name of list["x-kubernetes-list-map-keys"] ?? []) {
    const value = item[name] ?? list.items?.properties?.[name]?.default;
    if (value !== undefined) key[name] = value;
  }
  return key;
}

/** A text that is equal for equal JSON values, whatever the order of their fields. */
export function fingerprint(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(fingerprint).join()}]`;
  if (!isRecord(value)) return stringifyJson(value) ?? "null";
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${fingerprint(value[key])}`);
  return `{${fields.join()}}`;
}
