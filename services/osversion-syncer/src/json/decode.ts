import { isJsonObject, type StructuralSchema, structuralSchema } from "@elemental/api";
import type { z } from "zod";

/** A decoded value, or what is wrong with it as `path: problem`. */
export type Decoded<T> = { value: T; problem?: undefined } | { value?: undefined; problem: string };

/**
 * A decoder for JSON that users wrote for one that ignores the case of keys (resources-and-controllers 1.6(11)): an
 * exact key is preferred, unknown keys are dropped.
 */
export function decoder<S extends z.ZodType>(schema: S): (value: unknown) => Decoded<z.output<S>> {
  const structure = structuralSchema(schema);
  return (value) => {
    const result = schema.safeParse(matchKeys(structure, value));
    if (result.success) return { value: result.data };
    const issue = result.error.issues[0];
    const path = issue?.path.join(".");
    return { problem: `${path ? `${path}: ` : ""}${issue?.message ?? "not valid"}` };
  };
}

function matchKeys(schema: StructuralSchema, value: unknown): unknown {
  if (schema.items && Array.isArray(value)) {
    const { items } = schema;
    return value.map((item) => matchKeys(items, item));
  }
  if (!schema.properties || !isJsonObject(value)) return value;
  const entries = Object.entries(schema.properties).flatMap(([name, field]) => {
    const key = findKey(value, name);
    return key === undefined || value[key] === null ? [] : [[name, matchKeys(field, value[key])] as const];
  });
  return Object.fromEntries(entries);
}

/** The key of `object` that means `name`: the very same, or else one that differs only in case. */
export function findKey(object: Record<string, unknown>, name: string): string | undefined {
  if (Object.hasOwn(object, name)) return name;
  return Object.keys(object).find((key) => key.toLowerCase() === name.toLowerCase());
}
