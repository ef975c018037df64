import { collections } from "../client/kinds.ts";
import type { Loopback, LoopbackEvent, ServedResource } from "../loopback.ts";

export interface CollectionsWatcher {
  wants(resource: ServedResource): boolean;
  changed(resource: ServedResource, event: LoopbackEvent): void;
  /** The collection is no longer served. */
  removed(resource: ServedResource): void;
}

/** Watches every wanted collection, those of CustomResourceDefinitions as they come and go; returns the end of that. */
export function watchCollections(loopback: Loopback, watcher: CollectionsWatcher): () => void {
  const watched = new Map<string, { resource: ServedResource; unwatch: () => void }>();
  const refresh = () => {
    const served = new Map(
      loopback
        .resources()
        .filter(watcher.wants)
        .map((resource) => [nameOf(resource), resource]),
    );
    for (const [name, { resource, unwatch }] of watched) {
      if (served.has(name)) continue;
      unwatch();
      watched.delete(name);
      watcher.removed(resource);
    }
    for (const [name, resource] of served) {
      if (watched.has(name)) continue;
      const unwatch = loopback.watch(resource, (event) => watcher.changed(resource, event));
      watched.set(name, { resource, unwatch });
    }
  };
  const unwatch = loopback.watch(collections.customResourceDefinitions, refresh);
  refresh();
  return () => {
    unwatch();
    for (const { unwatch } of watched.values()) unwatch();
  };
}

function nameOf({ group, version, resource }: ServedResource): string {
  return `${group}/${version}/${resource}`;
}
