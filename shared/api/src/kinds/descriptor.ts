import type { KubeObject, ResourceType } from "../meta.ts";
import { apiGroup, servedVersion } from "../schema/fields.ts";

/** Describes a kind of our API group; all of them are namespaced. */
export function elementalKind<T extends KubeObject>(kind: string, plural: string): ResourceType<T> {
  return { group: apiGroup, version: servedVersion, kind, plural, namespaced: true };
}
