import { parseJson } from "@elemental/api";
import { isRecord, type JsonObject } from "../object/object.ts";
import { fingerprint } from "../schema/list-keys.ts";

/**
 * One step of a field path as managedFields writes it: `f:NAME` for a field, `k:{KEYS}` for an item of an associative list,
 * `v:VALUE` for an item of a set.
 */
export type PathElement = string;

export const fieldElement = (name: string): PathElement => `f:${name}`;
export const keyElement = (keys: JsonObject): PathElement => `k:${fingerprint(keys)}`;
export const valueElement = (value: unknown): PathElement => `v:${fingerprint(value)}`;

export function isField(element: PathElement): boolean {
  return element.startsWith("f:");
}

/** The name of a field element, the JSON text of the others. */
export function content(element: PathElement): string {
  return element.slice(2);
}

/** A path as error messages show it, e.g. `.spec.items[key="x"].value`. */
export function describePath(path: readonly PathElement[]): string {
  return path.map(describe).join("");
}

function describe(element: PathElement): string {
  const text = content(element);
  if (isField(element)) return `.${text}`;
  if (element.startsWith("v:")) return `[=${text}]`;
  const keys = parseJson(text);
  const pairs = isRecord(keys) ? Object.entries(keys).map(([key, value]) => `${key}=${fingerprint(value)}`) : [];
  return `[${pairs.join(",")}]`;
}
