import type { KubeObject, ObjectKey, ResourceType } from "@elemental/api";

/** Selectors are in the API's own text form, e.g. `app=x,env in (a,b)`. An absent namespace means all of them. */
export interface ListOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
}

export interface ObjectList<T extends KubeObject> {
  items: T[];
  resourceVersion: string;
}

/** Reads from the API server itself, never from a cache. Every method throws a KubeError. */
export interface Reader {
  /** Throws KubeError `NotFound` when the object does not exist. */
  get<T extends KubeObject>(type: ResourceType<T>, key: ObjectKey): Promise<T>;
  /** Pages through the whole collection. */
  list<T extends KubeObject>(type: ResourceType<T>, options?: ListOptions): Promise<ObjectList<T>>;
}

/** One operation of a JSON patch (RFC 6902). A `test` of /metadata/resourceVersion is the precondition of choice. */
export type JsonPatchOperation =
  | { op: "add" | "replace" | "test"; path: string; value: unknown }
  | { op: "remove"; path: string };

export type Patch = { type: "merge"; body: object } | { type: "json"; body: JsonPatchOperation[] };

export interface DeleteOptions {
  uid?: string;
  resourceVersion?: string;
  propagationPolicy?: "Background" | "Foreground" | "Orphan";
}

/** Writes objects. Every method throws a KubeError; `Conflict` when a precondition does not hold. */
export interface Writer {
  /** Throws KubeError `AlreadyExists` when an object of that name is there. */
  create<T extends KubeObject>(type: ResourceType<T>, object: T): Promise<T>;
  /** A merge patch is conditional when its body carries metadata.resourceVersion. */
  patch<T extends KubeObject>(type: ResourceType<T>, key: ObjectKey, patch: Patch): Promise<T>;
  patchStatus<T extends KubeObject>(type: ResourceType<T>, key: ObjectKey, patch: Patch): Promise<T>;
  /** Server-side apply of the fields in `object`, forcing ownership, as the client's field manager. */
  apply<T extends KubeObject>(type: ResourceType<T>, object: T): Promise<T>;
  /** Deleting what is not there is not an error. */
  delete(type: ResourceType, key: ObjectKey, options?: DeleteOptions): Promise<void>;
}

/** A consistent view of one kind, kept by a watch. */
export interface Cache<T extends KubeObject> {
  get(key: ObjectKey): T | undefined;
  list(namespace?: string): T[];
  /** Objects whose indexer `index` returned `value`; O(1) in the number of objects. */
  byIndex(index: string, value: string): T[];
}

/** `previous` is undefined when the object is new to the cache, `current` when it is gone. */
export interface Change<T extends KubeObject> {
  previous: T | undefined;
  current: T | undefined;
}

export interface WatchOptions<T extends KubeObject> extends ListOptions {
  /** Name of an index -> the values under which an object is found. */
  indexers?: Record<string, (object: T) => string[]>;
}

/** A running watch: its cache, and a subscription to changes. */
export interface Informer<T extends KubeObject> extends Cache<T> {
  /** Resolves when the first list is in the cache, or at stop(). A kind that is not served counts as empty. */
  synced(): Promise<void>;
  /** Calls `listener` for every change from now on, after the cache has it; returns the unsubscription. */
  onChange(listener: (change: Change<T>) => void): () => void;
  stop(): void;
}

export interface Watcher {
  /** Starts a reflector: list, watch with bookmarks, restart with jitter, 410 and silence handled. */
  inform<T extends KubeObject>(type: ResourceType<T>, options?: WatchOptions<T>): Informer<T>;
}

export interface EventInput {
  type: "Normal" | "Warning";
  /** CamelCase, the machine-readable cause. */
  reason: string;
  message: string;
}

/** Records Kubernetes Events; best effort, rate-limited and aggregated, never throws. */
export interface EventRecorder {
  record(regarding: KubeObject, event: EventInput): void;
  flush(): Promise<void>;
}

/** Who last wrote which fields of an object, by its managed fields. */
export interface FieldManager {
  /** What the writing program called itself. */
  manager: string;
  /** RFC 3339, by the clock of the API server. */
  time?: string;
  /** Nested objects with keys such as `f:metadata`. */
  fields: unknown;
}

/** What a service needs of the cluster, composed once at its start. */
export interface Kube extends Reader, Writer, Watcher {
  events: EventRecorder;
  /** The log of one container of a Pod, at most `limitBytes` from its end. */
  podLog(key: ObjectKey, container: string, limitBytes: number): Promise<string>;
  /** Managed fields, which no other method returns. Throws KubeError `NotFound` when the object does not exist. */
  fieldManagers(type: ResourceType, key: ObjectKey): Promise<FieldManager[]>;
  /** Whether the API server serves the kind; used for kinds that other projects install. */
  serves(type: ResourceType): Promise<boolean>;
  close(): Promise<void>;
}
