import type { KubeObject, ResourceType } from "@elemental/api";
import type { ListWatch, WatchEvent, WatchRequest } from "../informer/source.ts";
import type { ListOptions, ObjectList } from "../ports.ts";

/** One watch of a script: what it delivers, and whether it then ends, stays open or fails. */
export interface ScriptedWatch {
  events?: WatchEvent<KubeObject>[];
  last: "end" | "open" | Error;
}

/** A ListWatch that answers from a script; the last watch repeats. Requests are recorded as text. */
export function scriptedSource(script: {
  lists?: ObjectList<KubeObject>[];
  watches: ScriptedWatch[];
}): ListWatch & { requests: string[] } {
  const requests: string[] = [];
  const lists = [...(script.lists ?? [])];
  const watches = [...script.watches];
  return {
    requests,
    async list<T extends KubeObject>(_type: ResourceType<T>, _options?: ListOptions): Promise<ObjectList<T>> {
      requests.push("list");
      const list = lists.length > 1 ? lists.shift() : lists[0];
      if (!list) throw new Error("the script has no list");
      return list as ObjectList<T>;
    },
    async *watch<T extends KubeObject>(_type: ResourceType<T>, request: WatchRequest): AsyncIterable<WatchEvent<T>> {
      requests.push(request.resourceVersion === undefined ? "stream" : `watch ${request.resourceVersion}`);
      const watch = watches.length > 1 ? watches.shift() : watches[0];
      yield* (watch?.events ?? []) as WatchEvent<T>[];
      if (watch?.last instanceof Error) throw watch.last;
      if (watch?.last === "open") await aborted(request.signal);
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
