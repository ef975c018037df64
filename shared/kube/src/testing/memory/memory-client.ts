import { type KubeObject, objectKey, type ResourceType } from "@elemental/api";
import { Informers } from "../../informer/informers.ts";
import type { ListWatch, WatchEvent, WatchRequest } from "../../informer/source.ts";
import type { Kube } from "../../ports.ts";
import type { Call, MemoryApi } from "./memory-api.ts";

export interface MemoryClientOptions {
  /** Decides when and how often a request is sent, and what its sender is told. */
  send<T>(call: Call, perform: () => Promise<T>): Promise<T>;
  /** Waited for before each event of a watch reaches the cache; the first list comes at once. */
  delivery(type: ResourceType): Promise<void>;
}

/** A client whose requests and watches are in the hands of a test. Its watches start again at once, its Events are dropped. */
export function memoryClient(api: MemoryApi, whole: Kube, { send, delivery }: MemoryClientOptions): Kube {
  const informers = new Informers(held(api, delivery), () => {}, { minBackoffMs: 0 });
  return {
    get: (type, key) => send({ verb: "get", type, key }, () => api.get(type, key)),
    list: (type, options) =>
      send({ verb: "list", type, key: { namespace: options?.namespace ?? "", name: "" } }, () =>
        api.list(type, options),
      ),
    create: (type, object) => send({ verb: "create", type, key: objectKey(object) }, () => api.create(type, object)),
    patch: (type, key, patch) => send({ verb: "patch", type, key }, () => api.patch(type, key, patch)),
    patchStatus: (type, key, patch) =>
      send({ verb: "patchStatus", type, key }, () => api.patchStatus(type, key, patch)),
    apply: (type, object) => send({ verb: "apply", type, key: objectKey(object) }, () => api.apply(type, object)),
    delete: (type, key, options) => send({ verb: "delete", type, key }, () => api.delete(type, key, options)),
    inform: (type, options) => informers.inform(type, options),
    events: { record: () => {}, flush: async () => {} },
    podLog: whole.podLog,
    fieldManagers: whole.fieldManagers,
    serves: whole.serves,
    close: async () => informers.stop(),
  };
}

function held(api: MemoryApi, delivery: MemoryClientOptions["delivery"]): ListWatch {
  return {
    list: (type, options) => api.list(type, options),
    watch: (type, request) => slowly(api.watch(type, request), () => delivery(type), request),
  };
}

async function* slowly<T extends KubeObject>(
  events: AsyncIterable<WatchEvent<T>>,
  delivery: () => Promise<void>,
  { resourceVersion }: WatchRequest,
): AsyncIterable<WatchEvent<T>> {
  let listing = resourceVersion === undefined;
  for await (const event of events) {
    if (!listing) await delivery();
    if (event.type === "BOOKMARK" && event.initialEventsEnd) listing = false;
    yield event;
  }
}
