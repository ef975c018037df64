import { randomInt, randomUUID } from "node:crypto";
import type { ApiObject } from "../object/object.ts";
import { kindName, type Resource, resourceName, storageKey } from "../resources/resource.ts";
import { validate } from "../schema/validate.ts";
import { alreadyExists, badRequest, invalidObject } from "../status/errors.ts";
import { StatusError } from "../status/status-error.ts";
import { decodeBody } from "./decode-body.ts";
import { checkNamespaceAccepts } from "./namespace-lifecycle.ts";
import { present, type Registry, timestamp, toStored, track, typed, type WriteOptions } from "./registry.ts";
import { metadataErrors } from "./validate-metadata.ts";

// No vowels and no digits that look like letters, so that no word comes about.
const suffixAlphabet = "bcdfghjklmnpqrstvwxz2456789";
const suffixLength = 5;
const longestPrefix = 63 - suffixLength;
const nameAttempts = 8;

/** Stores a new object made from a request body and returns it. Throws StatusError. */
export function createObject(
  registry: Registry,
  collection: { resource: Resource; namespace: string },
  body: unknown,
  options: WriteOptions,
): ApiObject {
  const { resource } = collection;
  const object = decodeBody(resource, body, options);
  if (object.metadata.resourceVersion) {
    throw new StatusError(500, "", "resourceVersion should not be set on objects to be created");
  }
  setNamespace(object, resource, collection.namespace);
  checkNamespaceAccepts(registry, resource, object.metadata.namespace ?? "", object.metadata.name);
  prepare(registry, resource, object, options);
  return storeUnderFreeName(registry, resource, object, options);
}

/** Puts the request's namespace into the object. Throws 400 when the object names another one. */
export function setNamespace(object: ApiObject, resource: Resource, namespace: string): void {
  const { metadata } = object;
  if (!resource.namespaced) {
    if (metadata.namespace) throw badRequest("namespace is not allowed on this type");
    delete metadata.namespace;
    return;
  }
  if (metadata.namespace && metadata.namespace !== namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  metadata.namespace = namespace;
}

function prepare(registry: Registry, resource: Resource, object: ApiObject, options: WriteOptions): void {
  const { metadata } = object;
  const { strategy } = resource;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.selfLink;
  if (resource.subresources.includes("status") && !strategy.keepsStatusOnCreate) delete object.status;
  strategy.setDefaults?.(object);
  track(registry, resource, { before: undefined, after: object, subresource: "" }, options);
  metadata.uid = randomUUID();
  metadata.creationTimestamp = timestamp(registry.now());
  if (strategy.hasGeneration) metadata.generation = 1;
  strategy.prepareForCreate?.(object, registry.store);
}

function storeUnderFreeName(
  registry: Registry,
  resource: Resource,
  object: ApiObject,
  options: WriteOptions,
): ApiObject {
  const { metadata } = object;
  const { generateName } = metadata;
  const isGenerated = !metadata.name && Boolean(generateName);
  for (let attempt = 1; ; attempt++) {
    if (isGenerated) metadata.name = generateName?.slice(0, longestPrefix) + randomSuffix();
    refuseInvalid(resource, object);
    const key = storageKey(resource, metadata.namespace ?? "", metadata.name);
    const existing = registry.store.get(resource.storage, key);
    if (!existing) return write(registry, resource, object, options);
    if (!isGenerated || attempt === nameAttempts) throw taken(resource, existing);
  }
}

function taken(resource: Resource, existing: ApiObject): StatusError {
  const error = alreadyExists(resourceName(resource), existing.metadata.name);
  if (!existing.metadata.deletionTimestamp) return error;
  return new StatusError(error.status, error.code, `object is being deleted: ${error.message}`, error.details);
}

function refuseInvalid(resource: Resource, object: ApiObject): void {
  const errors = [
    ...metadataErrors(resource, object),
    ...(resource.isCustom ? validate(object, resource.schema) : []),
    ...(resource.strategy.validate?.(object, undefined) ?? []),
  ];
  if (errors.length > 0) throw invalidObject(kindName(resource), object.metadata.name ?? "", errors);
}

function write(registry: Registry, resource: Resource, object: ApiObject, options: WriteOptions): ApiObject {
  const { name, namespace = "" } = object.metadata;
  const key = storageKey(resource, namespace, name);
  resource.strategy.warnings?.(object).forEach(options.warn);
  const complete = typed(resource, object);
  if (options.dryRun) return complete;
  return present(resource, registry.store.put(resource.storage, key, toStored(resource, complete)));
}

function randomSuffix(): string {
  return Array.from({ length: suffixLength }, () => suffixAlphabet[randomInt(suffixAlphabet.length)]).join("");
}
