import { formatKey, type ObjectKey, type ResourceType } from "@elemental/api";
import { KubeError } from "../../errors.ts";
import { createEventRecorder } from "../../events/recorder.ts";
import { Informers } from "../../informer/informers.ts";
import type { Kube } from "../../ports.ts";
import { describeObject } from "../../subject.ts";
import { type Call, MemoryApi } from "./memory-api.ts";
import { type MemoryClientOptions, memoryClient } from "./memory-client.ts";
import type { StoredEvent } from "./storage.ts";

export interface MemoryKubeOptions {
  /** Called before every request. What it throws is the answer; a promise delays the request. */
  intercept?(call: Call): void | Promise<void>;
  /** Which kinds are served; all by default. */
  serves?(type: ResourceType): boolean;
  now?(): Date;
  /** Whether what lost its owners goes at once (default), or when collectGarbage() is called. */
  garbage?: "at once" | "on demand";
}

/** A Kubernetes API in memory, for tests of what talks to one. */
export interface MemoryKube extends Kube {
  /** The writes so far, Events left out; a write that changed nothing or failed is in it, too. */
  readonly writes: readonly Call[];
  /** Makes `text` the log of a container. */
  setPodLog(key: ObjectKey, container: string, text: string): void;
  /** Ends all watches, as a restart of the API server does. */
  cutWatches(): void;
  /** Forgets the past, so that a watch that was cut has to list again. */
  compact(): void;
  /** Deletes what has owners that all are gone, and what depends on that. */
  collectGarbage(): void;
  /** Another client of the same API, with watches and caches of its own. */
  client(options: MemoryClientOptions): Kube;
  /** Calls `listener` within each change of the kind from now on, before its writer has an answer. */
  onStored(type: ResourceType, listener: (event: StoredEvent) => void): void;
}

const reads = new Set(["get", "list", "watch"]);

/**
 * An in-memory Kube with the API server's rules: versions, conflicts, merge and JSON patches, the status subresource,
 * generation, finalizers, owner garbage collection, informers. It knows no schemas: nothing is validated,
 * defaulted or pruned, and server-side apply replaces lists. Objects it returns are frozen.
 */
export function memoryKube(options: MemoryKubeOptions = {}): MemoryKube {
  const writes: Call[] = [];
  const logs = new Map<string, string>();
  const serves = options.serves ?? (() => true);
  const now = options.now ?? (() => new Date());
  const intercept = (call: Call) => {
    if (!reads.has(call.verb) && call.type.kind !== "Event") writes.push(call);
    if (!serves(call.type)) throw new KubeError("NotServed", `${call.type.plural} is not served`, { status: 404 });
    return options.intercept?.(call);
  };
  const collects = options.garbage !== "on demand";
  const api = new MemoryApi({ intercept, now, collects });
  const informers = new Informers(api, () => {}, { minBackoffMs: 5, maxBackoffMs: 50, notServedMs: 20 });
  const events = createEventRecorder({ writer: api, component: "memory", instance: "memory", now });
  const kube: MemoryKube = {
    get: (type, key) => api.get(type, key),
    list: (type, list) => api.list(type, list),
    create: (type, object) => api.create(type, object),
    patch: (type, key, patch) => api.patch(type, key, patch),
    patchStatus: (type, key, patch) => api.patchStatus(type, key, patch),
    apply: (type, object) => api.apply(type, object),
    delete: (type, key, how) => api.delete(type, key, how),
    inform: (type, watch) => informers.inform(type, watch),
    events,
    // What has no managed fields, as an object that they were removed from.
    fieldManagers: async (type, key) => {
      await api.get(type, key);
      return [];
    },
    serves: async (type) => serves(type),
    podLog: async (key, container, limitBytes) => {
      const text = logs.get(`${formatKey(key)}/${container}`);
      if (text === undefined) throw new KubeError("NotFound", `${describeObject({ plural: "pods" }, key)} not found`);
      return text.slice(-limitBytes);
    },
    close: async () => informers.stop(),
    writes,
    setPodLog: (key, container, text) => void logs.set(`${formatKey(key)}/${container}`, text),
    cutWatches: () => api.cutWatches(),
    compact: () => api.storage.compact(),
    collectGarbage: () => api.collectGarbage(),
    client: (client) => memoryClient(api, kube, client),
    onStored: (type, listener) => void api.storage.subscribe(type, api.storage.version, listener),
  };
  return kube;
}
