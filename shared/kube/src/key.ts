import type { KubeObject, ObjectKey } from "@elemental/api";

/** The key of an object; the namespace is empty for cluster-scoped kinds. */
export function keyOf(object: KubeObject): ObjectKey {
  return { namespace: object.metadata.namespace ?? "", name: object.metadata.name };
}

/** The text form of a key, `namespace/name`, also without namespace (`/name`); the form of work-queue keys. */
export function keyText(key: ObjectKey): string {
  return `${key.namespace}/${key.name}`;
}

/** The inverse of keyText. */
export function parseKey(text: string): ObjectKey {
  const slash = text.indexOf("/");
  return { namespace: text.slice(0, Math.max(slash, 0)), name: text.slice(slash + 1) };
}

/** How messages name an object: its collection, then namespace and name. Cluster-scoped objects have no namespace. */
export function describeObject(type: { plural: string }, key: ObjectKey): string {
  return `${type.plural} ${key.namespace === "" ? key.name : keyText(key)}`;
}
