import { type FieldManagerContext, trackUpdate } from "../apply/field-manager.ts";
import type { ApiObject } from "../object/object.ts";
import type { Catalog } from "../resources/catalog.ts";
import { apiVersionOf, type Resource } from "../resources/resource.ts";
import type { ErrorReport, ObjectStore } from "../storage/object-store.ts";

/** What all operations work on. */
export interface Registry {
  store: ObjectStore;
  catalog: Catalog;
  now(): Date;
  onError: ErrorReport;
}

/** Names one object of a collection; `namespace` is empty for cluster-scoped kinds. */
export interface Target {
  resource: Resource;
  namespace: string;
  name: string;
}

export type FieldValidation = "Strict" | "Warn" | "Ignore";

export interface WriteOptions {
  /** Everything but the write. */
  dryRun: boolean;
  /** Who the written fields belong to. */
  fieldManager: string;
  /** Whether the object comes out of an apply, which has worked out its managedFields already. */
  isApply?: boolean;
  fieldValidation: FieldValidation;
  /** Fields that the request body says twice. */
  duplicateFields?: readonly string[];
  /** Receives what the client is told in Warning headers. */
  warn(message: string): void;
}

/** Brings a stored object into the resource's version. */
export function present(resource: Resource, stored: ApiObject): ApiObject {
  return resource.convert ? resource.convert.fromStorage(stored) : stored;
}

/** Brings an object into the version it is stored in. */
export function toStored(resource: Resource, object: ApiObject): ApiObject {
  return resource.convert ? resource.convert.toStorage(object) : object;
}

/** The object with its type, in the order in which people expect its fields. */
export function typed(
  resource: Resource,
  { apiVersion: _version, kind: _kind, metadata, ...rest }: ApiObject,
): ApiObject {
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata, ...rest };
}

/** RFC 3339 with seconds. */
export function timestamp(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** Records in the object's managedFields what the write changed. `before` is undefined on create. */
export function track(
  registry: Registry,
  resource: Resource,
  { before, after, subresource }: { before: ApiObject | undefined; after: ApiObject; subresource: string },
  options: WriteOptions,
): void {
  if (options.isApply) return;
  const managedFields = trackUpdate(before, after, fieldManagerContext(registry, resource, subresource, options));
  if (managedFields.length > 0) after.metadata.managedFields = managedFields;
  else delete after.metadata.managedFields;
}

export function fieldManagerContext(
  registry: Registry,
  resource: Resource,
  subresource: string,
  { fieldManager }: WriteOptions,
): FieldManagerContext {
  const { schema } = resource;
  return {
    name: fieldManager,
    apiVersion: apiVersionOf(resource),
    subresource,
    schema,
    isBuiltIn: !resource.isCustom,
    now: timestamp(registry.now()),
  };
}
