import type { KubeObject, ObjectKey, OwnerReference, ResourceType } from "./meta.ts";

export function objectKey(object: KubeObject): ObjectKey {
  return { namespace: object.metadata.namespace ?? "", name: object.metadata.name };
}

/** The text form `namespace/name`; a cluster-scoped object gives `/name`. */
export function formatKey(key: ObjectKey): string {
  return `${key.namespace}/${key.name}`;
}

/** Reads what `formatKey` wrote. Throws a TypeError for anything else. */
export function parseKey(text: string): ObjectKey {
  const [namespace, name, ...rest] = text.split("/");
  if (namespace === undefined || !name || rest.length > 0) {
    throw new TypeError(`"${text}" is no object key: expected "namespace/name".`);
  }
  return { namespace, name };
}

/** `group/version`, or `version` for core kinds. */
export function apiVersionOf(type: ResourceType): string {
  return type.group === "" ? type.version : `${type.group}/${type.version}`;
}

/** A reference to `owner` as the one controller of a dependent. `owner` must have been created. */
export function controllerOwnerReference<T extends KubeObject>(owner: T, type: ResourceType<T>): OwnerReference {
  const uid = owner.metadata.uid;
  if (!uid) throw new TypeError(`${type.kind} ${formatKey(objectKey(owner))} has no UID: it was not created yet.`);
  return { apiVersion: apiVersionOf(type), kind: type.kind, name: owner.metadata.name, uid, controller: true };
}

/** The owner reference with `controller: true`, if any. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}

/** Whether `owner` is the controller of `object`, by UID. */
export function isControlledBy(object: KubeObject, owner: KubeObject): boolean {
  return owner.metadata.uid !== undefined && controllerOf(object)?.uid === owner.metadata.uid;
}
