import { parseJson, stringifyJson } from "@elemental/api";
import type { ApiObject } from "../object/object.ts";
import { expired, internalError, tooOldResourceVersion } from "../status/errors.ts";
import { StatusError } from "../status/status-error.ts";
import { Collection } from "./collection.ts";
import { explain } from "./database.ts";
import type { ChangeType, Revision, RevisionLog, RevisionWithPrevious } from "./revisions.ts";

/** Bytes of an object; the limit that etcd sets. */
const objectLimit = 1.5 * 1024 * 1024;

/** A write that happened. `object` of a deletion is the last state with the revision of the deletion. */
export interface StoreEvent {
  type: ChangeType;
  key: string;
  revision: number;
  object: ApiObject;
  previous: ApiObject | undefined;
}

/** Told of a failure that nobody else sees; `doing` completes "could not ...". */
export type ErrorReport = (error: unknown, doing: string) => void;

export type StoreListener = (event: StoreEvent) => void;

/**
 * All objects of the API: current state in memory, every write through to the revision log. Synchronous, so that a
 * caller's read, decision and write are one step. Throws StatusError: 410 for a forgotten revision, 500 when a write fails,
 * in which case nothing changed.
 */
export class ObjectStore {
  readonly #log: RevisionLog;
  readonly #collections = new Map<string, Collection>();
  readonly #listeners = new Map<string, Set<StoreListener>>();
  readonly #undelivered: { resource: string; event: StoreEvent }[] = [];
  readonly #onError: ErrorReport;
  #delivering = false;
  #revision: number;

  /** `onError` is told of listeners that throw; the write they were told of has happened all the same. */
  constructor(log: RevisionLog, onError: ErrorReport) {
    this.#log = log;
    this.#onError = onError;
    for (const row of log.current()) this.#collection(row.resource).set(row.key, objectOf(row.object));
    this.#revision = Math.max(1, log.compacted(), log.newestBefore(Number.MAX_SAFE_INTEGER));
  }

  /** The revision of the newest write. */
  get revision(): number {
    return this.#revision;
  }

  get(resource: string, key: string): ApiObject | undefined {
    return this.#collections.get(resource)?.get(key);
  }

  /** Objects whose key starts with `prefix`, ordered by key. */
  list(resource: string, prefix: string): ApiObject[] {
    return this.#collections.get(resource)?.list(prefix) ?? [];
  }

  /** The list as it was at `revision`. */
  listAt(resource: string, prefix: string, revision: number): ApiObject[] {
    if (revision === this.#revision) return this.list(resource, prefix);
    this.#refuseForgotten(revision);
    const rows = this.#log.at(resource, revision).filter(({ key }) => key.startsWith(prefix));
    return rows.map(({ object }) => objectOf(object));
  }

  /** Every write to the resource after `revision`, oldest first. */
  since(resource: string, revision: number): StoreEvent[] {
    if (revision === this.#revision) return [];
    this.#refuseUnknown(revision);
    this.#refuseForgotten(revision);
    return this.#log.since(resource, revision).map(eventOf);
  }

  /** Stores the object under a new revision and returns it with that resourceVersion. */
  put(resource: string, key: string, object: ApiObject): ApiObject {
    return this.#write(resource, key, this.get(resource, key) ? "MODIFIED" : "ADDED", object);
  }

  /** Removes the object; returns `object`, its last state, with the revision of the deletion. */
  remove(resource: string, key: string, object: ApiObject): ApiObject {
    return this.#write(resource, key, "DELETED", object);
  }

  /** Calls `listener` after every write to the resource; returns the unsubscription. */
  subscribe(resource: string, listener: StoreListener): () => void {
    const listeners = this.#listeners.get(resource) ?? new Set();
    this.#listeners.set(resource, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Forgets the history up to the newest write before `time` (milliseconds), never the present. */
  compactBefore(time: number): void {
    const revision = this.#log.newestBefore(time);
    if (revision > this.#log.compacted()) this.#log.compact(revision);
  }

  close(): void {
    this.#log.close();
  }

  #write(resource: string, key: string, type: ChangeType, object: ApiObject): ApiObject {
    const revision = this.#revision + 1;
    const written = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    const text = stringifyJson(written);
    refuseOversized(text);
    try {
      this.#log.append({ revision, resource, key, type, object: text });
    } catch (error) {
      throw internalError(`cannot write ${resource} ${key}: ${explain(error)}`);
    }
    const previous = this.get(resource, key);
    this.#revision = revision;
    if (type === "DELETED") this.#collection(resource).delete(key);
    else this.#collection(resource).set(key, written);
    this.#deliver(resource, { type, key, revision, object: written, previous });
    return written;
  }

  // A listener may write: its event waits until everybody has seen the one before.
  #deliver(resource: string, event: StoreEvent): void {
    this.#undelivered.push({ resource, event });
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let next = this.#undelivered.shift(); next; next = this.#undelivered.shift()) {
        for (const listener of [...(this.#listeners.get(next.resource) ?? [])]) this.#tell(listener, next.event);
      }
    } finally {
      this.#delivering = false;
    }
  }

  #tell(listener: StoreListener, event: StoreEvent): void {
    try {
      listener(event);
    } catch (error) {
      this.#onError(error, `hand on the change of ${event.key}`);
    }
  }

  #collection(resource: string): Collection {
    const collection = this.#collections.get(resource) ?? new Collection();
    this.#collections.set(resource, collection);
    return collection;
  }

  // Known only where other data was before: who waits for its future here would wait in vain.
  #refuseUnknown(revision: number): void {
    if (revision > this.#revision)
      throw expired(`unknown resource version: ${revision} (${this.#revision} is the newest)`);
  }

  #refuseForgotten(revision: number): void {
    const oldest = this.#log.compacted();
    if (revision < oldest) throw tooOldResourceVersion(revision, oldest);
  }
}

function refuseOversized(text: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes <= objectLimit) return;
  throw new StatusError(500, "", `the object is too large: ${bytes} bytes, at most ${objectLimit}`);
}

function objectOf(text: string): ApiObject {
  return parseJson(text) as ApiObject;
}

function eventOf({ type, key, revision, object, previous }: Revision & RevisionWithPrevious): StoreEvent {
  return {
    type,
    key,
    revision,
    object: objectOf(object),
    previous: previous === null ? undefined : objectOf(previous),
  };
}
