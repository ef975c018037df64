import type { ApiObject } from "../object/object.ts";
import { present, type Registry } from "../registry/registry.ts";
import { keyPrefix, type Resource } from "../resources/resource.ts";
import type { StoreEvent } from "../storage/object-store.ts";

export type WatchEventType = "ADDED" | "MODIFIED" | "DELETED";

/** Where the events of a watch go. */
export interface WatchSink {
  event(type: WatchEventType, object: ApiObject): void;
  /** Everything up to `revision` was delivered. */
  bookmark(revision: number, initialEventsEnd: boolean): void;
}

export interface WatchOptions {
  /** Deliver the current state first, then what changes; otherwise only what changes after `revision`. */
  initialState: boolean;
  revision: number;
  /** A bookmark after the current state was delivered. */
  initialBookmark: boolean;
  matches(object: ApiObject): boolean;
}

/**
 * Delivers every change of a collection in order, without gap or repetition, until the returned function is called.
 * Throws 410 when the revision is forgotten.
 */
export function startWatch(
  registry: Registry,
  { resource, namespace }: { resource: Resource; namespace: string },
  options: WatchOptions,
  sink: WatchSink,
): () => void {
  const { store } = registry;
  const prefix = keyPrefix(resource, namespace);
  let delivered = options.initialState ? store.revision : options.revision;
  const deliver = (event: StoreEvent) => {
    if (!event.key.startsWith(prefix) || event.revision <= delivered) return;
    delivered = event.revision;
    const seen = filtered(event, resource, options.matches);
    if (seen) sink.event(seen.type, seen.object);
  };
  if (options.initialState) {
    for (const stored of store.list(resource.storage, prefix)) {
      const object = present(resource, stored);
      if (options.matches(object)) sink.event("ADDED", object);
    }
    if (options.initialBookmark) sink.bookmark(store.revision, true);
  } else {
    store.since(resource.storage, options.revision).forEach(deliver);
  }
  return store.subscribe(resource.storage, deliver);
}

/** What a watcher with a selector sees of a change: an object that comes to match is new, one that ceases to is gone. */
function filtered(
  { type, object: stored, previous: storedPrevious }: StoreEvent,
  resource: Resource,
  matches: (object: ApiObject) => boolean,
): { type: WatchEventType; object: ApiObject } | undefined {
  const object = present(resource, stored);
  const previous = storedPrevious && present(resource, storedPrevious);
  const matched = previous !== undefined && matches(previous);
  if (type !== "DELETED" && matches(object)) return { type: matched ? "MODIFIED" : "ADDED", object };
  if (!matched) return undefined;
  const { resourceVersion } = object.metadata;
  const last = type === "DELETED" ? object : previous;
  return {
    type: "DELETED",
    object: { ...last, metadata: { ...last.metadata, ...(resourceVersion && { resourceVersion }) } },
  };
}
