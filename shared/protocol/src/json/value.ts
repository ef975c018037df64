/** A JSON value. Integers beyond the exact range of a number may be bigint, so that int64 values survive. */
export type JsonValue = string | number | bigint | boolean | null | JsonValue[] | JsonObject;

/** Made without a prototype by the parsers of this package: `__proto__` and `constructor` are plain data. */
export interface JsonObject {
  [key: string]: JsonValue;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An empty map without a prototype. */
export function emptyMap<V>(): Record<string, V> {
  return Object.create(null) as Record<string, V>;
}
