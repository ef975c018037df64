import { AttestationRefused } from "../errors.ts";
import { decodeBase64 } from "./base64.ts";

/** Parses a JSON object. Throws AttestationRefused naming `what`. */
export function parseObject(bytes: Buffer, what: string): object {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw new AttestationRefused("DocumentNotJson", `${what} is not JSON`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new AttestationRefused("DocumentInvalid", `${what} is not a JSON object`);
  }
  return value;
}

/** The last member whose key equals `name` in any case; undefined when there is none or it is null. */
export function member(object: object, name: string): unknown {
  const wanted = name.toLowerCase();
  const found = Object.entries(object).findLast(([key]) => key.toLowerCase() === wanted);
  return found?.[1] ?? undefined;
}

/** A base64 member; absent and null are empty. Throws AttestationRefused when it is anything else. */
export function byteString(object: object, name: string): Buffer {
  const value = member(object, name) ?? "";
  const bytes = typeof value === "string" ? decodeBase64(value) : undefined;
  if (bytes === undefined) throw new AttestationRefused("DocumentInvalid", `${name} is not a base64 string`);
  return bytes;
}
