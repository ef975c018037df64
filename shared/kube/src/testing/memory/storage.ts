import { type KubeObject, matchesRequirements, parseLabelSelector, type ResourceType } from "@elemental/api";
import { KubeError } from "../../errors.ts";
import type { ListOptions } from "../../ports.ts";

/** An object as stored: frozen, so that a test notices whoever changes what it only may read. */
export type Stored = Readonly<KubeObject & Record<string, unknown>>;

export interface StoredEvent {
  type: "ADDED" | "MODIFIED" | "DELETED";
  object: Stored;
  previous: Stored | undefined;
  version: number;
}

interface Collection {
  type: ResourceType;
  objects: Map<string, Stored>;
  history: StoredEvent[];
  watchers: Set<(event: StoredEvent) => void>;
}

/** Versioned collections of frozen objects with their history, as etcd has them. */
export class Storage {
  readonly #collections = new Map<string, Collection>();
  #version = 1000;
  #oldest = 1000;

  get version(): number {
    return this.#version;
  }

  get(type: ResourceType, path: string): Stored | undefined {
    return this.#collection(type).objects.get(path);
  }

  /** The objects of every kind that name `uid` as an owner. */
  dependents(uid: string | undefined): { type: ResourceType; object: Stored }[] {
    return [...this.#collections.values()].flatMap(({ type, objects }) =>
      [...objects.values()]
        .filter((object) => object.metadata.ownerReferences?.some((owner) => owner.uid === uid))
        .map((object) => ({ type, object })),
    );
  }

  /** UIDs that objects name as their owners and that no object has. */
  missingOwners(): string[] {
    const objects = [...this.#collections.values()].flatMap((collection) => [...collection.objects.values()]);
    const present = new Set(objects.map(({ metadata }) => metadata.uid));
    const named = objects.flatMap(({ metadata }) => (metadata.ownerReferences ?? []).map(({ uid }) => uid));
    return [...new Set(named)].filter((uid) => !present.has(uid));
  }

  list(type: ResourceType): Stored[] {
    return [...this.#collection(type).objects.values()];
  }

  /** Stores the object under the next version and returns it as stored. */
  put(type: ResourceType, path: string, object: Stored): Stored {
    const previous = this.#collection(type).objects.get(path);
    const stored = this.#versioned(object);
    this.#collection(type).objects.set(path, stored);
    this.#publish(type, { type: previous ? "MODIFIED" : "ADDED", object: stored, previous, version: this.#version });
    return stored;
  }

  remove(type: ResourceType, path: string): void {
    const previous = this.#collection(type).objects.get(path);
    if (!previous) return;
    this.#collection(type).objects.delete(path);
    const object = this.#versioned(previous);
    this.#publish(type, { type: "DELETED", object, previous, version: this.#version });
  }

  /** Calls `listener` for every event after `version`, past ones first. Throws KubeError `Expired` when they are gone. */
  subscribe(type: ResourceType, version: number, listener: (event: StoredEvent) => void): () => void {
    if (version < this.#oldest) throw new KubeError("Expired", `watch ${type.plural}: too old resource version`);
    const collection = this.#collection(type);
    for (const event of collection.history.filter((past) => past.version > version)) listener(event);
    collection.watchers.add(listener);
    return () => collection.watchers.delete(listener);
  }

  /** Forgets the past, so that a watch from an older version is `Expired`. */
  compact(): void {
    this.#oldest = this.#version;
    for (const collection of this.#collections.values()) collection.history = [];
  }

  #versioned(object: Stored): Stored {
    this.#version += 1;
    return freeze({ ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } });
  }

  #publish(type: ResourceType, event: StoredEvent): void {
    const collection = this.#collection(type);
    collection.history.push(event);
    for (const watcher of collection.watchers) watcher(event);
  }

  #collection(type: ResourceType): Collection {
    const id = `${type.group}/${type.plural}`;
    const collection = this.#collections.get(id) ?? { type, objects: new Map(), history: [], watchers: new Set() };
    this.#collections.set(id, collection);
    return collection;
  }
}

/** Whether list options select the object. */
export function selects(options: ListOptions): (object: Stored) => boolean {
  const labels = parseLabelSelector(options.labelSelector ?? "");
  const fields = (options.fieldSelector ?? "").split(",").filter((term) => term !== "");
  return (object) =>
    (options.namespace === undefined || object.metadata.namespace === options.namespace) &&
    matchesRequirements(labels, object.metadata.labels) &&
    fields.every((term) => matchesField(object, term));
}

function matchesField(object: Stored, term: string): boolean {
  const [, path = "", operator, expected] = /^([^=!]+)(!=|==?)(.*)$/.exec(term) ?? [];
  let value: unknown = object;
  for (const part of path.split(".")) value = (value as Record<string, unknown> | undefined)?.[part];
  return (String(value ?? "") === expected) === (operator !== "!=");
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) freeze(member);
  }
  return value;
}
