import { formatKey, type ObjectKey, objectKey, type Secret } from "@elemental/api";
import type { Change, Informer } from "@elemental/kube";

/** One event of a watch. */
export interface WatchEvent {
  type: "ADDED" | "MODIFIED" | "DELETED";
  object: Secret;
  version: number;
}

interface History {
  /** All events with a higher version are in `events`. */
  since: number;
  events: WatchEvent[];
  changedAt: number;
}

const maxEvents = 8;
const maxAgeMs = 5 * 60_000;

/**
 * Turns the watch of all plan Secrets into one sequence of events per Secret, and remembers the latest ones so that a
 * machine that was away for a moment misses nothing.
 */
export class ChangeLog {
  readonly #secrets: Informer<Secret>;
  readonly #histories = new Map<string, History>();
  readonly #now: () => number;
  /** Versions below it are not known for Secrets that do not exist. */
  #floor: number;
  #version: number;
  readonly #unsubscribe: () => void;

  /** `secrets` must be synced; `listener` gets every event from now on. */
  constructor(
    secrets: Informer<Secret>,
    listener: (key: string, event: WatchEvent) => void,
    now: () => number = Date.now,
  ) {
    this.#secrets = secrets;
    this.#now = now;
    this.#version = Math.max(0, ...secrets.list().map(versionOf));
    this.#floor = this.#version;
    this.#unsubscribe = secrets.onChange((change) => {
      const recorded = this.#record(change);
      if (recorded) listener(...recorded);
    });
  }

  /** The highest version that is known: no event up to it is still to come. */
  get version(): number {
    return this.#version;
  }

  current(key: ObjectKey): Secret | undefined {
    return this.#secrets.get(key);
  }

  /** The events after `version`; undefined when they are no longer known. */
  after(key: ObjectKey, version: number): WatchEvent[] | undefined {
    const history = this.#histories.get(formatKey(key));
    const current = this.#secrets.get(key);
    const since = history?.since ?? (current ? versionOf(current) : this.#floor);
    if (version < since) return undefined;
    return (history?.events ?? []).filter((event) => event.version > version);
  }

  /** Forgets events that nobody will ask for any more. */
  sweep(): void {
    const oldest = this.#now() - maxAgeMs;
    for (const [key, history] of this.#histories) {
      if (history.changedAt > oldest) continue;
      const last = history.events.at(-1);
      if (last?.type === "DELETED") this.#floor = Math.max(this.#floor, last.version);
      this.#histories.delete(key);
    }
  }

  stop(): void {
    this.#unsubscribe();
  }

  #record({ previous, current }: Change<Secret>): [string, WatchEvent] | undefined {
    const object = current ?? previous;
    if (object === undefined) return undefined;
    const key = formatKey(objectKey(object));
    const history = this.#histories.get(key) ?? {
      since: previous ? versionOf(previous) : this.#floor,
      events: [],
      changedAt: 0,
    };
    const event = current ? this.#seen(previous, current) : this.#gone(object);
    history.events.push(event);
    if (history.events.length > maxEvents) history.since = history.events.shift()?.version ?? history.since;
    history.changedAt = this.#now();
    this.#histories.set(key, history);
    return [key, event];
  }

  #seen(previous: Secret | undefined, object: Secret): WatchEvent {
    const version = versionOf(object);
    this.#version = Math.max(this.#version, version);
    return { type: previous ? "MODIFIED" : "ADDED", object, version };
  }

  /**
   * The watch does not tell at which version a Secret was deleted, only that it was after everything seen before: the
   * next number is at most the true one, so it fits into the order.
   */
  #gone(object: Secret): WatchEvent {
    this.#version += 1;
    const metadata = { ...object.metadata, resourceVersion: String(this.#version) };
    return { type: "DELETED", object: { ...object, metadata }, version: this.#version };
  }
}

export function versionOf(object: Secret): number {
  return Number(object.metadata.resourceVersion ?? 0);
}
