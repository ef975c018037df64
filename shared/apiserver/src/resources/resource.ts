import type { ApiObject } from "../object/object.ts";
import type { Schema } from "../schema/schema.ts";
import type { SelectableFields } from "../selectors/field-selector.ts";
import type { FieldError } from "../status/field-error.ts";

export type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection";

/** A column of a Table. `value` reads a cell from an object; `now` is in milliseconds. */
export interface Column {
  name: string;
  type: "string" | "integer" | "number" | "boolean" | "date";
  format?: string;
  description?: string;
  /** 0 is always shown, anything else only with `-o wide`. */
  priority: number;
  value(object: ApiObject, now: number): unknown;
}

/** Stored objects, as far as decisions about one need others. */
export interface Lookup {
  get(collection: string, key: string): ApiObject | undefined;
  list(collection: string, prefix: string): ApiObject[];
}

/** What a kind does beyond what all kinds have in common. Hooks change the object they are given. */
export interface Strategy {
  /** On create: sets what the server decides and drops what a client may not set. */
  prepareForCreate?(object: ApiObject, store: Lookup): void;
  /** On update of the object itself: restores what must not change this way. */
  prepareForUpdate?(object: ApiObject, old: ApiObject, store: Lookup): void;
  /** On update of a subresource other than status: `old` with what the subresource may change, metadata aside. */
  restrictUpdate?: Readonly<Record<string, (object: ApiObject, old: ApiObject) => ApiObject>>;
  /** Sets defaults; runs before every validation. */
  setDefaults?(object: ApiObject): void;
  /** `old` is undefined on create. */
  validate?(object: ApiObject, old: ApiObject | undefined): FieldError[];
  /** What the client is told about an object that is accepted. */
  warnings?(object: ApiObject): string[];
  /** Errors of a metadata.name. */
  validateName?(name: string): string[];
  /** Whether a new object may come with a status. */
  keepsStatusOnCreate?: boolean;
  /** Whether metadata.generation counts the changes of this kind. */
  hasGeneration?: boolean;
  /** Whether an update may come without resourceVersion. */
  allowsUnconditionalUpdate: boolean;
  /** Whether PUT creates an object that is not there. */
  createsOnUpdate?: boolean;
  /** Seconds between the request to delete and the deletion; absent for at once. */
  gracePeriod?(object: ApiObject, requested: number | undefined): number;
  /** Whether the response to a deletion is the object instead of a Status. */
  returnsDeleted?: boolean;
  /** Runs when a deletion was requested, before the object is marked. */
  prepareForDelete?(object: ApiObject): void;
  /** Whether the object outlives its deletion request, finalizers aside. */
  holdsDeletion?(object: ApiObject): boolean;
  /** Fields besides metadata.name and metadata.namespace that can be selected. */
  selectableFields?(object: ApiObject): SelectableFields;
  columns?: readonly Column[];
}

/** One served collection: a kind in one of its versions. */
export interface Resource {
  group: string;
  version: string;
  plural: string;
  singular: string;
  kind: string;
  listKind: string;
  namespaced: boolean;
  shortNames: readonly string[];
  categories: readonly string[];
  verbs: readonly Verb[];
  /** Names such as `status` and `finalize`. */
  subresources: readonly string[];
  schema: Schema;
  /** The kind in the OpenAPI documents. */
  definition: { name: string; schema(): object };
  strategy: Strategy;
  /** What clients are told that use a version which is going away. */
  deprecation?: string;
  /** Built-in kinds are decoded strictly (400); custom ones are validated by their schema (422). */
  isCustom: boolean;
  /** Whether a POST is a question that is answered and nothing is stored. */
  isQuestion: boolean;
  /** Under which collection the objects are stored; versions of a kind share it. */
  storage: string;
  /** Brings a stored object into this version, and back. Absent where both are the same. */
  convert?: { fromStorage(object: ApiObject): ApiObject; toStorage(object: ApiObject): ApiObject };
}

export function apiVersionOf({ group, version }: { group: string; version: string }): string {
  return group === "" ? version : `${group}/${version}`;
}

/** For messages about the collection. */
export function resourceName({ group, plural }: Resource) {
  return { group, name: plural };
}

/** For messages about the kind. */
export function kindName({ group, kind }: Resource) {
  return { group, name: kind };
}

/** Under which key an object is stored. */
export function storageKey(resource: Resource, namespace: string, name: string): string {
  return resource.namespaced ? `${namespace}/${name}` : name;
}

/** The prefix of the keys of a namespace; of all keys when it is empty. */
export function keyPrefix(resource: Resource, namespace: string): string {
  return resource.namespaced && namespace !== "" ? `${namespace}/` : "";
}
