import { setTimeout as sleep } from "node:timers/promises";
import { formatKey, type KubeObject, objectKey, type ResourceType } from "@elemental/api";
import { isKubeError } from "../errors.ts";
import type { ListOptions } from "../ports.ts";
import type { ObjectStore } from "./object-store.ts";
import type { ListWatch, WatchEvent } from "./source.ts";

/** Times in milliseconds. */
export interface ReflectorSettings {
  /** A watch without event or bookmark for this long is restarted; the API server sends a bookmark every minute. */
  silenceMs: number;
  minBackoffMs: number;
  maxBackoffMs: number;
  /** How often to ask again for a kind that is not served. */
  notServedMs: number;
}

export const defaultReflectorSettings: ReflectorSettings = {
  silenceMs: 150_000,
  minBackoffMs: 200,
  maxBackoffMs: 30_000,
  notServedMs: 10_000,
};

export interface ReflectorInput<T extends KubeObject> {
  source: ListWatch;
  type: ResourceType<T>;
  options: ListOptions;
  store: ObjectStore<T>;
  settings: ReflectorSettings;
  report(error: unknown): void;
}

/** A kind that is not served counts as empty, and synced, until it is served. */
export interface Reflector {
  /** Resolves when the first list is in the store, or when the reflector is stopped before that. */
  synced: Promise<void>;
  stop(): void;
}

/** Keeps `store` equal to the server's collection until it is stopped. */
export function startReflector<T extends KubeObject>(input: ReflectorInput<T>): Reflector {
  const stopping = new AbortController();
  const { promise: synced, resolve } = Promise.withResolvers<void>();
  const run = new ReflectorRun(input, stopping.signal, resolve);
  void run.untilStopped();
  stopping.signal.addEventListener("abort", () => resolve(), { once: true });
  return { synced, stop: () => stopping.abort() };
}

class ReflectorRun<T extends KubeObject> {
  readonly #input: ReflectorInput<T>;
  readonly #stopped: AbortSignal;
  readonly #synced: () => void;
  /** The version the store is at; undefined when it has to be listed. */
  #version: string | undefined;
  #streamedLists = true;
  #failures = 0;

  constructor(input: ReflectorInput<T>, stopped: AbortSignal, synced: () => void) {
    this.#input = input;
    this.#stopped = stopped;
    this.#synced = synced;
  }

  async untilStopped(): Promise<void> {
    while (!this.#stopped.aborted) {
      let waitMs = 0;
      try {
        if (this.#version === undefined && !this.#streamedLists) await this.#list();
        await this.#watch();
        waitMs = Math.random() * this.#input.settings.minBackoffMs;
      } catch (error) {
        waitMs = this.#failed(error);
      }
      if (waitMs > 0) await sleep(waitMs, undefined, { signal: this.#stopped }).catch(() => {});
    }
  }

  async #list(): Promise<void> {
    const list = await this.#input.source.list(this.#input.type, this.#input.options);
    if (this.#stopped.aborted) return;
    this.#replace(list.items, list.resourceVersion);
  }

  async #watch(): Promise<void> {
    const silence = new AbortController();
    const { source, type, options, settings } = this.#input;
    const timer = setTimeout(() => silence.abort(), settings.silenceMs);
    const initial = this.#version === undefined ? new Map<string, T>() : undefined;
    const signal = AbortSignal.any([this.#stopped, silence.signal]);
    try {
      for await (const event of source.watch(type, { ...options, resourceVersion: this.#version, signal })) {
        timer.refresh();
        if (this.#stopped.aborted) return;
        if (this.#version === undefined && initial) this.#collect(initial, event);
        else this.#apply(event);
      }
    } finally {
      clearTimeout(timer);
      // A server that ignores the request for a streamed list never marks its end.
      if (silence.signal.aborted && this.#version === undefined) this.#streamedLists = false;
    }
  }

  #collect(initial: Map<string, T>, event: WatchEvent<T>): void {
    if (event.type === "BOOKMARK") {
      if (event.initialEventsEnd) this.#replace([...initial.values()], event.resourceVersion);
      return;
    }
    const id = formatKey(objectKey(event.object));
    if (event.type === "DELETED") initial.delete(id);
    else initial.set(id, event.object);
  }

  #apply(event: WatchEvent<T>): void {
    this.#failures = 0;
    if (event.type === "BOOKMARK") {
      this.#version = event.resourceVersion;
      return;
    }
    this.#version = event.object.metadata.resourceVersion;
    if (event.type === "DELETED") this.#input.store.remove(objectKey(event.object));
    else this.#input.store.put(event.object);
  }

  #replace(items: T[], version: string): void {
    this.#failures = 0;
    this.#version = version;
    this.#input.store.replace(items);
    this.#synced();
  }

  /** Decides what follows a failed list or watch; returns how long to wait before the next attempt. */
  #failed(error: unknown): number {
    const { settings, store, report } = this.#input;
    if (this.#stopped.aborted) return 0;
    if (isKubeError(error, "NotServed")) {
      this.#version = undefined;
      store.replace([]);
      this.#synced();
      return jittered(settings.notServedMs);
    }
    if (isKubeError(error, "Expired")) {
      this.#version = undefined;
      return Math.random() * settings.minBackoffMs;
    }
    if (this.#version === undefined && this.#streamedLists && isKubeError(error, "Invalid", "BadRequest")) {
      this.#streamedLists = false;
      return 0;
    }
    report(error);
    this.#failures += 1;
    return jittered(Math.min(settings.maxBackoffMs, settings.minBackoffMs * 2 ** (this.#failures - 1)));
  }
}

function jittered(ms: number): number {
  return ms * (0.5 + Math.random());
}
