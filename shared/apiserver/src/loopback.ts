import type { KubeObject } from "@elemental/api";

/** A served collection: group (empty for core), version and plural. */
export interface GroupVersionResource {
  group: string;
  version: string;
  resource: string;
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
  /** Replaces the object; the resourceVersion in it is the precondition. */
  update(resource: GroupVersionResource, object: KubeObject, subresource?: "status"): Promise<KubeObject>;
  delete(resource: GroupVersionResource, namespace: string, name: string, uid?: string): Promise<void>;
  /** Calls `listener` for every object there is, then for every change; returns the unsubscription. */
  watch(resource: GroupVersionResource, listener: (event: LoopbackEvent) => void): () => void;
  /** Every collection served right now, custom resources included. */
  resources(): GroupVersionResource[];
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
