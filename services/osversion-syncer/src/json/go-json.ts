import { stringifyJson } from "@elemental/api";

const escapes: Record<string, string> = {
  "<": "\\u003c",
  ">": "\\u003e",
  "&": "\\u0026",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
};

/** Compact JSON with the escapes that Go adds, so that unchanged contents keep their bytes, and their checksums. */
export function goJson(value: unknown): string {
  return stringifyJson(value).replace(/[<>&\u2028\u2029]/g, (character) => escapes[character] ?? character);
}
