import type { ApiObject } from "../../object/object.ts";
import { isRecord } from "../../object/object.ts";

const rules = "x-kubernetes-validations";

/** What a definition asks for that this server does not do. */
export function definitionWarnings({ spec }: ApiObject): string[] {
  return mentions(spec, rules) ? [`${rules} are stored, but not evaluated by this server`] : [];
}

function mentions(value: unknown, name: string): boolean {
  if (Array.isArray(value)) return value.some((item) => mentions(item, name));
  return isRecord(value) && (Object.hasOwn(value, name) || Object.values(value).some((item) => mentions(item, name)));
}
