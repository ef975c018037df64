import { isJsonObject, type JsonObject } from "../json/index.ts";

/**
 * Lays a received configuration over a local one (registration-protocol 7.7): every key present in `received` replaces
 * the local one, maps are merged key by key, lists are replaced. Neither argument is changed.
 */
export function mergeConfig<T extends object>(local: T, received: NoInfer<T>): T {
  return merge(local as JsonObject, received as JsonObject) as T;
}

function merge(local: JsonObject, received: JsonObject): JsonObject {
  const merged: JsonObject = Object.assign(Object.create(null), local);
  for (const [key, value] of Object.entries(received)) {
    if (value === undefined) continue;
    const old = merged[key];
    merged[key] = isJsonObject(old) && isJsonObject(value) ? merge(old, value) : value;
  }
  return merged;
}
