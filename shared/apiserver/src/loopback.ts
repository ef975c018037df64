import type { KubeObject, ObjectKey } from "@elemental/api";

/** A served collection: group (empty for core), version and plural. */
export interface GroupVersionResource {
  group: string;
  version: string;
  resource: string;
}

/** A collection with what an owner reference (kind) and a key (namespaced or not) need. */
export interface ServedResource extends GroupVersionResource {
  kind: string;
  namespaced: boolean;
}

/** As in the body of a DELETE. Preconditions that do not hold are a `Conflict`. */
export interface LoopbackDeleteOptions {
  uid?: string;
  resourceVersion?: string;
  /** 0 removes a Pod at once; absent: its own grace period. */
  gracePeriodSeconds?: number;
  propagationPolicy?: "Background" | "Foreground" | "Orphan";
}

/** What a refused call rejects with: `code` is the reason of the Status that HTTP would have answered. */
export interface Refusal extends Error {
  code: "NotFound" | "AlreadyExists" | "Conflict" | "Invalid" | "Forbidden" | (string & {});
  /** The HTTP status. */
  status: number;
}

export type LoopbackEvent = { type: "ADDED" | "MODIFIED" | "DELETED"; object: KubeObject };

/**
 * The API as seen from inside its own process, for the parts that make Kubernetes live: garbage collection, namespaces,
 * tokens and the Pod runner. Same admission, validation, versions and errors as over HTTP, without the socket.
 */
export interface Loopback {
  get(resource: GroupVersionResource, namespace: string, name: string): Promise<KubeObject | undefined>;
  /** An empty namespace lists all of them. */
  list(resource: GroupVersionResource, namespace: string): Promise<KubeObject[]>;
  create(resource: GroupVersionResource, object: KubeObject): Promise<KubeObject>;
  /**
   * Replaces the object; the resourceVersion in it is the precondition. `status` changes only that, `finalize` only a
   * Namespace's spec.finalizers, `binding` only a Pod's spec.nodeName and its PodScheduled condition.
   */
  update(
    resource: GroupVersionResource,
    object: KubeObject,
    subresource?: "status" | "finalize" | "binding",
  ): Promise<KubeObject>;
  /** Deleting what is not there is a `NotFound`. */
  delete(resource: GroupVersionResource, key: ObjectKey, options?: LoopbackDeleteOptions): Promise<void>;
  /**
   * Calls `listener` for every object there is, then for every change; returns the unsubscription. Objects, here and
   * from `get` and `list`, are shared with the API's cache: treat them as frozen.
   */
  watch(resource: GroupVersionResource, listener: (event: LoopbackEvent) => void): () => void;
  /** Every collection served right now in its preferred version, custom resources included. */
  resources(): ServedResource[];
}

export interface PodLogOptions {
  follow: boolean;
  tailLines?: number;
  limitBytes?: number;
  timestamps: boolean;
}

/** Where the HTTP layer gets a container's log from. */
export interface PodLogs {
  /** Undefined when the container never ran. The iteration ends with the log, or with the container when following. */
  read(
    namespace: string,
    pod: string,
    container: string,
    options: PodLogOptions,
  ): AsyncIterable<Uint8Array> | undefined;
}
