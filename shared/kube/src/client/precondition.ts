import { isDeepStrictEqual } from "node:util";
import type { Patch } from "../ports.ts";

/** Whether the patch carries a `test`. */
export function hasTests(patch: Patch): boolean {
  return patch.type === "json" && patch.body.some(({ op }) => op === "test");
}

/** Whether every `test` of the patch holds for the object as it is. */
export function testsHold(patch: Patch, object: object): boolean {
  if (patch.type !== "json") return true;
  return patch.body.every((step) => step.op !== "test" || isDeepStrictEqual(valueAt(object, step.path), step.value));
}

function valueAt(object: object, pointer: string): unknown {
  const names = pointer.split("/").slice(1);
  let value: unknown = object;
  for (const name of names) {
    if (typeof value !== "object" || value === null) return undefined;
    const member = name.replaceAll("~1", "/").replaceAll("~0", "~");
    value = Object.hasOwn(value, member) ? (value as Record<string, unknown>)[member] : undefined;
  }
  return value;
}
