import type { JsonObject } from "../object/object.ts";
import { type FieldError, invalid, tooLong } from "../status/field-error.ts";

/** Bytes of all values of a Secret or ConfigMap. */
const sizeLimit = 1024 * 1024;

const keyText =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or " +
  "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/** Errors in the keys and the size of a map of data. `sizeOf` gives the bytes of a value. */
export function dataErrors(data: JsonObject, field: string, sizeOf: (value: string) => number): FieldError[] {
  const errors = Object.keys(data).flatMap((key) => keyErrors(key).map((why) => invalid(`${field}[${key}]`, key, why)));
  const size = Object.values(data).reduce<number>((sum, value) => sum + sizeOf(String(value)), 0);
  return size > sizeLimit ? [...errors, tooLong(field === "data" ? field : "", sizeLimit)] : errors;
}

function keyErrors(key: string): string[] {
  if (key === "." || key === "..") return [`must not be '${key}'`];
  return [
    ...(key.length > 253 ? ["must be no more than 253 characters"] : []),
    ...(/^[-._a-zA-Z0-9]+$/.test(key) ? [] : [keyText]),
  ];
}
