import type { ObjectKey, ResourceType } from "@elemental/api";
import type { ListOptions } from "../ports.ts";

/** The path of a group and version, e.g. `/apis/elemental.cattle.io/v1beta1`. */
export function versionPath({ group, version }: Pick<ResourceType, "group" | "version">): string {
  return group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
}

/** The path of a collection; without a namespace it spans all of them. */
export function collectionPath(type: ResourceType, namespace?: string): string {
  const scope = type.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${versionPath(type)}${scope}/${type.plural}`;
}

/** The path of an object. A missing name would address the collection, hence it is refused. */
export function objectPath(type: ResourceType, key: ObjectKey, subresource?: string): string {
  if (key.name === "") throw new TypeError(`An object of ${type.plural} needs a name.`);
  if (type.namespaced && key.namespace === "") throw new TypeError(`${type.plural} ${key.name} needs a namespace.`);
  const path = `${collectionPath(type, key.namespace)}/${encodeURIComponent(key.name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

/** The query of list options and what is added to them; undefined values are left out. */
export function query(parameters: Record<string, string | number | boolean | undefined>): string {
  const entries = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== "");
  if (entries.length === 0) return "";
  return `?${new URLSearchParams(entries.map(([name, value]): [string, string] => [name, String(value)]))}`;
}

/** The selectors of list options as parameters. */
export function selectors({ labelSelector, fieldSelector }: ListOptions): Record<string, string | undefined> {
  return { labelSelector, fieldSelector };
}
