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

/** The merge patch that turns `from` into `to`; undefined when they are equal. An undefined member counts as absent. */
export function diffMergePatch(from: object, to: object): object | undefined {
  const patch: Json = {};
  const [before, after] = [from as Json, to as Json];
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const change = diffMember(before[key], after[key]);
    if (change !== undefined) patch[key] = change;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** Whether two values are the same JSON. An undefined member counts as absent. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => equalJson(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => equalJson(a[name], b[name]));
}

function diffMember(before: unknown, after: unknown): unknown {
  if (after === undefined) return before === undefined ? undefined : null;
  if (isObject(before) && isObject(after)) return diffMergePatch(before, after);
  return equalJson(before, after) ? undefined : after;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
