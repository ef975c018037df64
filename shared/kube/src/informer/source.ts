import type { KubeObject, ResourceType } from "@elemental/api";
import type { ListOptions, ObjectList } from "../ports.ts";

/** What a watch delivers. A bookmark carries a version to continue from; `initialEventsEnd` closes a streamed list. */
export type WatchEvent<T extends KubeObject> =
  | { type: "ADDED" | "MODIFIED" | "DELETED"; object: T }
  | { type: "BOOKMARK"; resourceVersion: string; initialEventsEnd: boolean };

export interface WatchRequest extends ListOptions {
  /** Where to continue; undefined asks for a streamed list, then for what follows it. */
  resourceVersion: string | undefined;
  signal: AbortSignal;
}

/**
 * Where a reflector gets its objects. `watch` ends when the server ends it or `signal` aborts, and throws a KubeError:
 * `Expired` when the version is too old, `Invalid` or `BadRequest` when the server cannot stream a list.
 */
export interface ListWatch {
  list<T extends KubeObject>(type: ResourceType<T>, options?: ListOptions): Promise<ObjectList<T>>;
  watch<T extends KubeObject>(type: ResourceType<T>, request: WatchRequest): AsyncIterable<WatchEvent<T>>;
}
