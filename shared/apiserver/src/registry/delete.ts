import { type ApiObject, clone, isEqual } from "../object/object.ts";
import { kindName, type Resource, resourceName, storageKey } from "../resources/resource.ts";
import { conflict, notFound } from "../status/errors.ts";
import { present, type Registry, type Target, timestamp, toStored } from "./registry.ts";

export type PropagationPolicy = "Background" | "Foreground" | "Orphan";

export interface DeleteOptions {
  dryRun: boolean;
  uid?: string;
  resourceVersion?: string;
  propagationPolicy?: PropagationPolicy;
  gracePeriodSeconds?: number;
}

export interface Deletion {
  object: ApiObject;
  /** Whether the object is gone already, rather than marked and held by a finalizer or its grace period. */
  isGone: boolean;
}

const policyFinalizers: Record<string, PropagationPolicy> = {
  foregroundDeletion: "Foreground",
  orphan: "Orphan",
};

/** Deletes an object, or marks it as being deleted while something holds it. Throws StatusError. */
export function deleteObject(registry: Registry, target: Target, options: DeleteOptions): Deletion {
  const { resource, namespace, name } = target;
  const key = storageKey(resource, namespace, name);
  const stored = registry.store.get(resource.storage, key);
  if (!stored) throw notFound(resourceName(resource), name);
  checkPreconditions(target, stored, options);
  const object = clone(present(resource, stored));
  resource.strategy.prepareForDelete?.(object);
  setPolicy(object, options.propagationPolicy);
  const { gracePeriod } = resource.strategy;
  const grace = gracePeriod?.(object, options.gracePeriodSeconds) ?? 0;
  const isGone = grace === 0 && !isHeld(resource, object);
  if (gracePeriod || !isGone) mark(registry, object, grace);
  if (!isGone && isEqual(object, present(resource, stored))) return { object, isGone };
  if (options.dryRun) return { object, isGone };
  const next = toStored(resource, object);
  const written = isGone
    ? registry.store.remove(resource.storage, key, next)
    : registry.store.put(resource.storage, key, next);
  return { object: present(resource, written), isGone };
}

function checkPreconditions({ resource, name }: Target, { metadata }: ApiObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = options;
  if (uid !== undefined && uid !== metadata.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). `;
    throw conflict(kindName(resource), name, `${why}The object might have been deleted and then recreated`);
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const why =
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record ` +
      `(${metadata.resourceVersion}). `;
    throw conflict(kindName(resource), name, `${why}The object might have been modified`);
  }
}

function setPolicy({ metadata }: ApiObject, policy: PropagationPolicy | undefined): void {
  if (policy === undefined) return;
  const others = (metadata.finalizers ?? []).filter((finalizer) => !Object.hasOwn(policyFinalizers, finalizer));
  const own = Object.keys(policyFinalizers).filter((finalizer) => policyFinalizers[finalizer] === policy);
  metadata.finalizers = [...others, ...own];
  if (metadata.finalizers.length === 0) delete metadata.finalizers;
}

function isHeld(resource: Resource, object: ApiObject): boolean {
  return (object.metadata.finalizers?.length ?? 0) > 0 || resource.strategy.holdsDeletion?.(object) === true;
}

/** Whether nothing holds an object that is marked as being deleted any longer. */
export function isDeletionComplete(resource: Resource, object: ApiObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = object.metadata;
  return deletionTimestamp !== undefined && (deletionGracePeriodSeconds ?? 0) === 0 && !isHeld(resource, object);
}

/** Marks the object as being deleted; what is marked already can only have its time shortened. */
function mark(registry: Registry, object: ApiObject, grace: number): void {
  const { metadata } = object;
  if (metadata.deletionTimestamp && (metadata.deletionGracePeriodSeconds ?? 0) <= grace) return;
  if (!metadata.deletionTimestamp && metadata.generation) metadata.generation += 1;
  metadata.deletionTimestamp = timestamp(new Date(registry.now().getTime() + grace * 1000));
  metadata.deletionGracePeriodSeconds = grace;
}
