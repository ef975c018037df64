import { isRecord } from "../object/object.ts";
import type { SelectableFields } from "../selectors/field-selector.ts";

/** The texts at dotted paths, by path; what is not a text is empty. */
export function fieldsAt(object: object, paths: readonly string[]): SelectableFields {
  return Object.fromEntries(paths.map((path) => [path, textAt(object, path)]));
}

/** The text at a dotted path; empty when there is none. */
export function textAt(object: object, path: string): string {
  const value = valueAt(object, path);
  return typeof value === "string" ? value : "";
}

/** The value at a dotted path. */
export function valueAt(object: object, path: string): unknown {
  return path.split(".").reduce<unknown>((value, name) => (isRecord(value) ? value[name] : undefined), object);
}
