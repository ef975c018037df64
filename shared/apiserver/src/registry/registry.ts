import type { ApiObject } from "../object/object.ts";
import type { Catalog } from "../resources/catalog.ts";
import type { Resource } from "../resources/resource.ts";
import type { ObjectStore } from "../storage/object-store.ts";

/** What all operations work on. */
export interface Registry {
  store: ObjectStore;
  catalog: Catalog;
  now(): Date;
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
  fieldValidation: FieldValidation;
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

/** RFC 3339 with seconds. */
export function timestamp(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
