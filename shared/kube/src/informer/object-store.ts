import { formatKey, type KubeObject, type ObjectKey, objectKey } from "@elemental/api";
import type { Change } from "../ports.ts";

export type Listener<T extends KubeObject> = (change: Change<T>) => void;

/**
 * The objects of one watch. Every change reaches the subscribers after the store has it, in the order of subscription;
 * a subscriber that throws is reported and does not disturb the others.
 */
export class ObjectStore<T extends KubeObject> {
  readonly #namespaces = new Map<string, Map<string, T>>();
  readonly #subscriptions = new Set<{ listener: Listener<T> }>();
  readonly #report: (error: unknown) => void;

  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  get(key: ObjectKey): T | undefined {
    return this.#namespaces.get(key.namespace)?.get(key.name);
  }

  list(namespace?: string): T[] {
    if (namespace !== undefined) return [...(this.#namespaces.get(namespace)?.values() ?? [])];
    return [...this.#namespaces.values()].flatMap((objects) => [...objects.values()]);
  }

  put(object: T): void {
    const { namespace = "", name } = object.metadata;
    const objects = this.#namespaces.get(namespace) ?? new Map<string, T>();
    this.#namespaces.set(namespace, objects);
    const previous = objects.get(name);
    if (previous && sameVersion(previous, object)) return;
    objects.set(name, object);
    this.#notify({ previous, current: object });
  }

  remove(key: ObjectKey): void {
    const objects = this.#namespaces.get(key.namespace);
    const previous = objects?.get(key.name);
    if (!objects || !previous) return;
    objects.delete(key.name);
    if (objects.size === 0) this.#namespaces.delete(key.namespace);
    this.#notify({ previous, current: undefined });
  }

  /** Makes `objects` the whole content: what is no longer there is reported as gone. */
  replace(objects: readonly T[]): void {
    const kept = new Set(objects.map((object) => formatKey(objectKey(object))));
    for (const object of this.list()) {
      const key = objectKey(object);
      if (!kept.has(formatKey(key))) this.remove(key);
    }
    for (const object of objects) this.put(object);
  }

  subscribe(listener: Listener<T>): () => void {
    const subscription = { listener };
    this.#subscriptions.add(subscription);
    return () => this.#subscriptions.delete(subscription);
  }

  #notify(change: Change<T>): void {
    for (const { listener } of this.#subscriptions) {
      try {
        listener(change);
      } catch (error) {
        this.#report(error);
      }
    }
  }
}

function sameVersion(a: KubeObject, b: KubeObject): boolean {
  return a.metadata.uid === b.metadata.uid && a.metadata.resourceVersion === b.metadata.resourceVersion;
}
