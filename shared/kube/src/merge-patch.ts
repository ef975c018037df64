import { isDeepStrictEqual } from "node:util";

type Json = Record<string, unknown>;

/** Applies a JSON merge patch (RFC 7386) to `target` without changing it. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Json = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = applyMergePatch(result[key], value);
  }
  return result;
}

/** The merge patch that turns `from` into `to`; undefined when they are equal. Absent and undefined members are the same. */
export function diffMergePatch(from: object, to: object): object | undefined {
  const patch: Json = {};
  const [before, after] = [from as Json, to as Json];
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const change = diffMember(before[key], after[key]);
    if (change !== undefined) patch[key] = change;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function diffMember(before: unknown, after: unknown): unknown {
  if (after === undefined) return before === undefined ? undefined : null;
  if (isObject(before) && isObject(after)) return diffMergePatch(before, after);
  return isDeepStrictEqual(before, after) ? undefined : after;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
