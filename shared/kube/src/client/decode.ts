import type { KubeObject, ResourceType } from "@elemental/api";

/**
 * An object of an answer as the port gives it: lists leave out apiVersion and kind, and managed fields only cost memory.
 * Undefined when it is no object with metadata.
 */
export function objectOf<T extends KubeObject>(type: ResourceType<T>, value: unknown): T | undefined {
  const object = value as (T & { metadata?: { managedFields?: unknown } | null }) | null | undefined;
  if (typeof object !== "object" || object === null || !object.metadata) return undefined;
  delete object.metadata.managedFields;
  object.apiVersion ??= type.group === "" ? type.version : `${type.group}/${type.version}`;
  object.kind ??= type.kind;
  return object;
}
