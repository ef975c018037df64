import { ProtocolError } from "../errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json/index.ts";
import { decodeBase64 } from "./base64.ts";

/** The members of a document of fixed shape, found as the original finds them: letter case is ignored, the last wins. */
export function fieldsOf(object: JsonObject): Map<string, JsonValue> {
  return new Map(Object.entries(object).map(([key, value]) => [key.toLowerCase(), value]));
}

/** A base64 member; absent and `null` are empty. Throws `Malformed` for another type. */
export function bytesField(fields: Map<string, JsonValue>, name: string): Uint8Array {
  const value = fields.get(name.toLowerCase()) ?? "";
  if (typeof value !== "string") throw new ProtocolError("Malformed", `${name} must be base64`);
  return decodeBase64(value);
}

/** An object member. Throws `Malformed` when it is absent, `null` or of another type. */
export function objectField(fields: Map<string, JsonValue>, name: string): Map<string, JsonValue> {
  const value = fields.get(name.toLowerCase());
  if (!isJsonObject(value)) throw new ProtocolError("Malformed", `${name} is required`);
  return fieldsOf(value);
}
