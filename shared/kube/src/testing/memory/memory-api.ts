import { formatKey, type KubeObject, type ObjectKey, objectKey, type ResourceType } from "@elemental/api";
import { KubeError } from "../../errors.ts";
import type { ListWatch, WatchEvent, WatchRequest } from "../../informer/source.ts";
import { diffMergePatch } from "../../merge-patch.ts";
import type { DeleteOptions, ListOptions, ObjectList, Patch, Reader, Writer } from "../../ports.ts";
import { describeObject } from "../../subject.ts";
import { admitted, conflict, isUnchanged, marked, notFound, patched, statusUpdated, updated } from "./rules.ts";
import { Storage, type Stored, type StoredEvent, selects } from "./storage.ts";
import { WatchQueue } from "./watch-queue.ts";

/** One request as the double saw it. */
export interface Call {
  verb: "get" | "list" | "watch" | "create" | "patch" | "patchStatus" | "apply" | "delete";
  type: ResourceType;
  key: ObjectKey;
}

export interface MemoryApiOptions {
  /** Called before every request; what it throws is the request's answer, and it may wait. */
  intercept(call: Call): void | Promise<void>;
  now(): Date;
  /** Whether what lost its owners goes at once; else collectGarbage() is called for it. */
  collects: boolean;
}

/** The requests of the port against Storage, with the rules of the API server. */
export class MemoryApi implements Reader, Writer, ListWatch {
  readonly storage = new Storage();
  readonly #options: MemoryApiOptions;
  readonly #applied = new Map<string, object>();
  readonly #watches = new Set<AbortController>();

  constructor(options: MemoryApiOptions) {
    this.#options = options;
  }

  async get<T extends KubeObject>(type: ResourceType<T>, key: ObjectKey): Promise<T> {
    await this.#options.intercept({ verb: "get", type, key });
    return this.#existing(type, key) as unknown as T;
  }

  async list<T extends KubeObject>(type: ResourceType<T>, options: ListOptions = {}): Promise<ObjectList<T>> {
    await this.#options.intercept({ verb: "list", type, key: { namespace: options.namespace ?? "", name: "" } });
    const items = this.storage.list(type).filter(selects(options)) as unknown as T[];
    return { items, resourceVersion: String(this.storage.version) };
  }

  async create<T extends KubeObject>(type: ResourceType<T>, object: T): Promise<T> {
    const key = objectKey(object);
    await this.#options.intercept({ verb: "create", type, key });
    const path = formatKey(key);
    if (this.storage.get(type, path))
      throw new KubeError("AlreadyExists", `${describeObject(type, key)} already exists`);
    return this.storage.put(type, path, admitted(type, object, this.#options.now())) as unknown as T;
  }

  async patch<T extends KubeObject>(type: ResourceType<T>, key: ObjectKey, patch: Patch): Promise<T> {
    await this.#options.intercept({ verb: "patch", type, key });
    return this.#patch(type, key, patch) as unknown as T;
  }

  async patchStatus<T extends KubeObject>(type: ResourceType<T>, key: ObjectKey, patch: Patch): Promise<T> {
    await this.#options.intercept({ verb: "patchStatus", type, key });
    const current = this.#existing(type, key);
    const next = statusUpdated(current, patched(current, patch, describeObject(type, key)));
    return this.#store(type, current, next) as unknown as T;
  }

  async apply<T extends KubeObject>(type: ResourceType<T>, object: T): Promise<T> {
    const key = objectKey(object);
    await this.#options.intercept({ verb: "apply", type, key });
    const id = `${type.group}/${type.plural}/${key.namespace}/${key.name}`;
    const removed = removals(this.#applied.get(id), object);
    this.#applied.set(id, structuredClone(object));
    const path = formatKey(key);
    if (!this.storage.get(type, path)) {
      return this.storage.put(type, path, admitted(type, object, this.#options.now())) as unknown as T;
    }
    if (removed) this.#patch(type, key, { type: "merge", body: removed });
    return this.#patch(type, key, { type: "merge", body: object }) as unknown as T;
  }

  async delete(type: ResourceType, key: ObjectKey, options: DeleteOptions = {}): Promise<void> {
    await this.#options.intercept({ verb: "delete", type, key });
    const current = this.storage.get(type, formatKey(key));
    if (!current) return;
    const { uid, resourceVersion } = current.metadata;
    const holds = (options.uid ?? uid) === uid && (options.resourceVersion ?? resourceVersion) === resourceVersion;
    if (!holds) throw conflict(describeObject(type, key));
    this.#delete(type, current);
  }

  async *watch<T extends KubeObject>(type: ResourceType<T>, request: WatchRequest): AsyncIterable<WatchEvent<T>> {
    await this.#options.intercept({ verb: "watch", type, key: { namespace: request.namespace ?? "", name: "" } });
    const cut = new AbortController();
    this.#watches.add(cut);
    const queue = new WatchQueue<WatchEvent<T>>(AbortSignal.any([request.signal, cut.signal]));
    const selected = selects(request);
    const since = request.resourceVersion === undefined ? this.storage.version : Number(request.resourceVersion);
    if (request.resourceVersion === undefined) this.#pushInitial(type, selected, queue);
    const unsubscribe = this.storage.subscribe(type, since, (event) => pushSelected(event, selected, queue));
    try {
      yield* queue;
    } finally {
      unsubscribe();
      this.#watches.delete(cut);
    }
  }

  /** Ends every open watch, as a restart of the API server does. */
  cutWatches(): void {
    for (const watch of this.#watches) watch.abort();
  }

  #pushInitial<T extends KubeObject>(
    type: ResourceType<T>,
    selected: (object: Stored) => boolean,
    queue: WatchQueue<WatchEvent<T>>,
  ): void {
    const objects = this.storage.list(type).filter(selected) as unknown as T[];
    for (const object of objects) queue.push({ type: "ADDED", object });
    queue.push({ type: "BOOKMARK", resourceVersion: String(this.storage.version), initialEventsEnd: true });
  }

  #existing(type: ResourceType, key: ObjectKey): Stored {
    const object = this.storage.get(type, formatKey(key));
    if (!object) throw notFound(type, key);
    return object;
  }

  #patch(type: ResourceType, key: ObjectKey, patch: Patch): Stored {
    const current = this.#existing(type, key);
    const subject = describeObject(type, key);
    return this.#store(type, current, updated(type, current, patched(current, patch, subject), subject));
  }

  #store(type: ResourceType, current: Stored, next: Stored): Stored {
    if (isUnchanged(current, next)) return current;
    const stored = this.storage.put(type, formatKey(objectKey(current)), next);
    if (stored.metadata.deletionTimestamp && !stored.metadata.finalizers?.length) this.#remove(type, stored);
    return stored;
  }

  #delete(type: ResourceType, current: Stored): void {
    if (!current.metadata.finalizers?.length) this.#remove(type, current);
    else if (!current.metadata.deletionTimestamp) this.#store(type, current, marked(current, this.#options.now()));
  }

  /** Owner garbage collection, which a cluster does a moment after the owners are gone. */
  collectGarbage(): void {
    for (const uid of this.storage.missingOwners()) this.#collect(uid);
  }

  #remove(type: ResourceType, object: Stored): void {
    this.storage.remove(type, formatKey(objectKey(object)));
    if (this.#options.collects) this.#collect(object.metadata.uid);
  }

  #collect(uid: string | undefined): void {
    for (const dependent of this.storage.dependents(uid)) {
      const owners = dependent.object.metadata.ownerReferences ?? [];
      const ownerReferences = owners.filter((owner) => owner.uid !== uid);
      const next = { ...dependent.object, metadata: { ...dependent.object.metadata, ownerReferences } };
      if (ownerReferences.length > 0) this.#store(dependent.type, dependent.object, next);
      else this.#delete(dependent.type, dependent.object);
    }
  }
}

// As for a real watch, an object that starts or ceases to be selected is added or deleted.
function pushSelected<T extends KubeObject>(
  { object, previous, type }: StoredEvent,
  selected: (object: Stored) => boolean,
  queue: WatchQueue<WatchEvent<T>>,
): void {
  const before = previous !== undefined && selected(previous);
  const after = type !== "DELETED" && selected(object);
  if (!before && !after) return;
  const seen = before && after ? "MODIFIED" : after ? "ADDED" : "DELETED";
  queue.push({ type: seen, object: object as unknown as T });
}

// Fields that were applied before and no longer are, as a merge patch that removes them.
function removals(previous: object | undefined, next: object): object | undefined {
  if (!previous) return undefined;
  return onlyNulls(diffMergePatch(previous, next));
}

function onlyNulls(patch: unknown): object | undefined {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return undefined;
  const entries = Object.entries(patch).flatMap(([key, value]) => {
    const kept = value === null ? null : onlyNulls(value);
    return kept === undefined ? [] : [[key, kept] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
