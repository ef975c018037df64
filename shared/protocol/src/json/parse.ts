import { parseJson as parseExactJson } from "@elemental/api";
import { ProtocolError } from "../errors.ts";
import { emptyMap, isJsonObject, type JsonObject, type JsonValue } from "./value.ts";

/** Deepest nesting of arrays and objects that is accepted (registration-protocol H15). */
export const MAX_DEPTH = 32;

/** Bytes that are not UTF-8 become U+FFFD; a byte order mark stays and makes the JSON invalid. */
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Parses one JSON value. Throws `Malformed` when the text is no JSON or nests too deeply. */
export function parseJson(bytes: Uint8Array): JsonValue {
  checkDepth(bytes);
  try {
    return withoutPrototype(parseExactJson(utf8.decode(bytes)));
  } catch (cause) {
    throw new ProtocolError("Malformed", "invalid JSON", { cause });
  }
}

/** Parses a JSON object; `null` counts as an empty one (registration-protocol 4.4). */
export function parseJsonObject(bytes: Uint8Array): JsonObject {
  const value = parseJson(bytes);
  if (value === null) return emptyMap();
  if (!isJsonObject(value)) throw new ProtocolError("Malformed", "a JSON object is required");
  return value;
}

/** Parses a map of strings; a `null` value counts as the empty string (registration-protocol 4.4). */
export function parseStringMap(bytes: Uint8Array): Record<string, string> {
  const strings = emptyMap<string>();
  for (const [key, value] of Object.entries(parseJsonObject(bytes))) {
    if (value !== null && typeof value !== "string") throw new ProtocolError("Malformed", "a string is required");
    strings[key] = value ?? "";
  }
  return strings;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const nesting = new Map([
  [0x5b, 1],
  [0x7b, 1],
  [0x5d, -1],
  [0x7d, -1],
]);

/** Looks at the raw bytes, before a parser spends memory on them. */
function checkDepth(bytes: Uint8Array): void {
  let depth = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === QUOTE) i = endOfString(bytes, i);
    depth += nesting.get(byte) ?? 0;
    if (depth > MAX_DEPTH) throw new ProtocolError("Malformed", `JSON nested deeper than ${MAX_DEPTH}`);
  }
}

function endOfString(bytes: Uint8Array, start: number): number {
  let i = start + 1;
  while (i < bytes.length && bytes[i] !== QUOTE) i += bytes[i] === BACKSLASH ? 2 : 1;
  return i;
}

function withoutPrototype(value: unknown): JsonValue {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map(withoutPrototype);
  if (typeof value !== "object" || value === null) return value as JsonValue;
  const map = emptyMap<JsonValue>();
  for (const [key, member] of Object.entries(value)) map[key.toWellFormed()] = withoutPrototype(member);
  return map;
}
