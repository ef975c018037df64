import { formatKey, type ObjectKey } from "@elemental/api";

/** How messages name an object: its collection, then namespace and name. Cluster-scoped objects have no namespace. */
export function describeObject(type: { plural: string }, key: ObjectKey): string {
  return `${type.plural} ${key.namespace === "" ? key.name : formatKey(key)}`;
}
