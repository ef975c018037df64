import { isJsonObject, type JsonValue } from "./value.ts";

const escapes: Record<string, string> = {
  "&": "\\u0026",
  "<": "\\u003c",
  ">": "\\u003e",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
};

/**
 * Compact JSON as the original writes it: keys sorted, and `&`, `<`, `>`, U+2028, U+2029 as escapes
 * (registration-protocol 0). Members that are undefined are left out.
 */
export function encodeJson(value: JsonValue): string {
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return `[${value.map(encodeJson).join(",")}]`;
  if (!isJsonObject(value)) return encodeScalar(value);
  const members = Object.keys(value)
    .sort(byCodePoint)
    .flatMap((key) => (value[key] === undefined ? [] : [`${encodeScalar(key)}:${encodeJson(value[key])}`]));
  return `{${members.join(",")}}`;
}

/** The payload of a data message: JSON and a line feed. */
export function encodeJsonPayload(value: JsonValue): Uint8Array {
  return new TextEncoder().encode(`${encodeJson(value)}\n`);
}

/** Orders strings as their UTF-8 bytes are ordered. */
export function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function encodeScalar(value: string | number | boolean | null): string {
  return JSON.stringify(value).replace(/[&<>\u2028\u2029]/g, (character) => escapes[character] ?? character);
}
