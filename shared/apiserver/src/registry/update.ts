import { type ApiObject, clone, isEqual } from "../object/object.ts";
import { kindName, resourceName, storageKey } from "../resources/resource.ts";
import { validate } from "../schema/validate.ts";
import { badRequest, conflict, invalidObject, modified, notFound } from "../status/errors.ts";
import { invalid } from "../status/field-error.ts";
import { isDeletionComplete } from "./delete.ts";
import { present, type Registry, type Target, toStored, track, typed, type WriteOptions } from "./registry.ts";
import { metadataErrors, metadataUpdateErrors } from "./validate-metadata.ts";

export interface Update extends Target {
  /** Empty for the object itself. */
  subresource: string;
  /** Computes the wanted object from a copy of the current one. */
  transform(current: ApiObject): ApiObject;
}

/**
 * Changes an object and returns its new state. An update that changes nothing writes nothing; one that removes the last
 * finalizer of an object being deleted removes it. Throws StatusError.
 */
export function updateObject(registry: Registry, update: Update, options: WriteOptions): ApiObject {
  const { resource, namespace, name } = update;
  const key = storageKey(resource, namespace, name);
  const stored = registry.store.get(resource.storage, key);
  if (!stored) throw notFound(resourceName(resource), name);
  const old = present(resource, stored);
  const wanted = update.transform(clone(old));
  checkIdentity(update, wanted);
  checkResourceVersion(update, wanted, old);
  const object = restrict(update, wanted, old);
  resource.strategy.setDefaults?.(object);
  track(registry, resource, { before: old, after: object, subresource: update.subresource }, options);
  prepare(registry, update, object, old);
  refuseInvalid(update, object, old);
  resource.strategy.warnings?.(object).forEach(options.warn);
  const complete = typed(resource, object);
  return write(registry, update, complete, options);
}

function checkIdentity({ resource, namespace, name }: Update, { metadata }: ApiObject): void {
  if (metadata.name !== undefined && metadata.name !== "" && metadata.name !== name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  }
  if (!metadata.name)
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (resource.namespaced && metadata.namespace && metadata.namespace !== namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (resource.namespaced) metadata.namespace = namespace;
}

function checkResourceVersion({ resource, name }: Update, object: ApiObject, old: ApiObject): void {
  const { metadata } = object;
  if (!metadata.resourceVersion) {
    if (!resource.strategy.allowsUnconditionalUpdate) {
      const error = invalid("metadata.resourceVersion", 0, "must be specified for an update");
      throw invalidObject(resourceName(resource), name, [error]);
    }
  } else if (metadata.resourceVersion !== old.metadata.resourceVersion) {
    throw modified(resourceName(resource), name);
  }
}

/** Throws 409 when a PUT names another uid than the object has. */
export function checkUid({ resource, name }: Target, uid: string | undefined, old: ApiObject): void {
  if (!uid || uid === old.metadata.uid) return;
  const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`;
  throw conflict(resourceName(resource), name, why);
}

/** Takes back what this endpoint may not change. */
function restrict({ resource, subresource }: Update, wanted: ApiObject, old: ApiObject): ApiObject {
  keepServerMetadata(wanted, old);
  if (subresource === "") {
    if (resource.subresources.includes("status")) replaceField(wanted, old, "status");
    return wanted;
  }
  const statusOnly = () => ({ ...old, status: wanted.status });
  const allowed = (resource.strategy.restrictUpdate?.[subresource] ?? statusOnly)(wanted, old);
  const { managedFields, resourceVersion } = wanted.metadata;
  const metadata = {
    ...old.metadata,
    ...(managedFields && { managedFields }),
    ...(resourceVersion && { resourceVersion }),
  };
  return clone({ ...allowed, metadata });
}

function prepare(registry: Registry, { resource, subresource }: Update, object: ApiObject, old: ApiObject): void {
  const { strategy } = resource;
  if (subresource === "") strategy.prepareForUpdate?.(object, old, registry.store);
  if (strategy.hasGeneration) object.metadata.generation = nextGeneration(resource.subresources, object, old);
}

function keepServerMetadata({ metadata }: ApiObject, { metadata: old }: ApiObject): void {
  metadata.uid ??= old.uid ?? "";
  if (old.creationTimestamp) metadata.creationTimestamp = old.creationTimestamp;
  for (const key of ["deletionTimestamp", "deletionGracePeriodSeconds", "generation"] as const) {
    if (old[key] === undefined) delete metadata[key];
    else Object.assign(metadata, { [key]: old[key] });
  }
  delete metadata.selfLink;
}

function replaceField(object: ApiObject, old: ApiObject, field: string): void {
  if (old[field] === undefined) delete object[field];
  else object[field] = clone(old[field]);
}

function nextGeneration(subresources: readonly string[], object: ApiObject, old: ApiObject): number {
  const generation = old.metadata.generation ?? 1;
  const ignored = subresources.includes("status")
    ? { metadata: undefined, status: undefined }
    : { metadata: undefined };
  return isEqual({ ...object, ...ignored }, { ...old, ...ignored }) ? generation : generation + 1;
}

function refuseInvalid({ resource, name, subresource }: Update, object: ApiObject, old: ApiObject): void {
  // What such a subresource changes, e.g. the node of a Pod, must not change by updates of the object.
  const isRestricted = resource.strategy.restrictUpdate?.[subresource] !== undefined;
  const errors = [
    ...metadataErrors(resource, object),
    ...metadataUpdateErrors(object, old),
    ...(resource.isCustom ? validate(object, resource.schema) : []),
    ...(resource.strategy.validate?.(object, isRestricted ? undefined : old) ?? []),
  ];
  if (errors.length > 0) throw invalidObject(kindName(resource), name, errors);
}

function write(
  registry: Registry,
  { resource, namespace, name }: Update,
  object: ApiObject,
  options: WriteOptions,
): ApiObject {
  const key = storageKey(resource, namespace, name);
  const stored = registry.store.get(resource.storage, key);
  const next = toStored(resource, object);
  next.metadata = { ...next.metadata, resourceVersion: stored?.metadata.resourceVersion ?? "" };
  if (isEqual(next, stored) || options.dryRun) return present(resource, next);
  if (isDeletionComplete(resource, next)) {
    registry.store.remove(resource.storage, key, next);
    return present(resource, next);
  }
  return present(resource, registry.store.put(resource.storage, key, next));
}
