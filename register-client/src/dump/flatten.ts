import { isJsonObject, type JsonObject, type JsonValue } from "@elemental/protocol";
import { byIndex } from "../host/numbered.ts";

/**
 * The raw dump's shape: list elements under `0`, `1`, …; lists of scalars joined with `, `; empty lists and null are
 * empty texts (register-client-and-media 3.9).
 */
export function numberLists(value: JsonValue): JsonValue {
  if (value === null) return "";
  if (Array.isArray(value)) {
    const scalars = value.every((item) => typeof item !== "object" || item === null);
    return scalars ? value.map(String).join(", ") : byIndex(value.map(numberLists));
  }
  if (!isJsonObject(value)) return typeof value === "string" ? value : String(value);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, numberLists(member)]));
}

/** Paths and texts of all string leaves, in no particular order; other leaves have no variable. */
export function stringLeaves(object: JsonObject, prefix = ""): [string, string][] {
  return Object.entries(object).flatMap(([key, value]): [string, string][] => {
    if (typeof value === "string") return [[prefix + key, value]];
    return isJsonObject(value) ? stringLeaves(value, `${prefix}${key}/`) : [];
  });
}
