import type { KubeObject, ResourceType } from "@elemental/api";
import type { Informer, ListOptions, WatchOptions } from "../ports.ts";
import { Indexes } from "./indexes.ts";
import { ObjectStore } from "./object-store.ts";
import { defaultReflectorSettings, type Reflector, type ReflectorSettings, startReflector } from "./reflector.ts";
import type { ListWatch } from "./source.ts";

interface SharedWatch<T extends KubeObject> {
  store: ObjectStore<T>;
  reflector: Reflector;
  users: number;
}

/** Makes the informers of one client. Those of the same kind and selectors share one watch and its objects. */
export class Informers {
  readonly #source: ListWatch;
  readonly #report: (error: unknown) => void;
  readonly #settings: ReflectorSettings;
  readonly #watches = new Map<string, SharedWatch<KubeObject>>();

  constructor(source: ListWatch, report: (error: unknown) => void, settings: Partial<ReflectorSettings> = {}) {
    this.#source = source;
    this.#report = report;
    this.#settings = { ...defaultReflectorSettings, ...settings };
  }

  inform<T extends KubeObject>(type: ResourceType<T>, options: WatchOptions<T> = {}): Informer<T> {
    const { indexers = {}, ...selection } = options;
    const id = JSON.stringify([type, selection.namespace, selection.labelSelector, selection.fieldSelector]);
    const watch = this.#acquire(id, type, selection);
    return informerOf(watch, new Indexes(indexers, this.#report), () => this.#release(id, watch));
  }

  stop(): void {
    for (const watch of this.#watches.values()) watch.reflector.stop();
    this.#watches.clear();
  }

  #acquire<T extends KubeObject>(id: string, type: ResourceType<T>, options: ListOptions): SharedWatch<T> {
    // The id names the kind, hence the type of the objects behind it.
    const running = this.#watches.get(id) as SharedWatch<T> | undefined;
    const watch = running ?? this.#start(type, options);
    watch.users += 1;
    this.#watches.set(id, watch as unknown as SharedWatch<KubeObject>);
    return watch;
  }

  #start<T extends KubeObject>(type: ResourceType<T>, options: ListOptions): SharedWatch<T> {
    const report = (error: unknown) => this.#report(error);
    const store = new ObjectStore<T>(report);
    const input = { source: this.#source, type, options, store, settings: this.#settings, report };
    return { store, reflector: startReflector(input), users: 0 };
  }

  #release<T extends KubeObject>(id: string, watch: SharedWatch<T>): void {
    watch.users -= 1;
    if (watch.users > 0) return;
    watch.reflector.stop();
    this.#watches.delete(id);
  }
}

function informerOf<T extends KubeObject>(
  { store, reflector }: SharedWatch<T>,
  indexes: Indexes<T>,
  release: () => void,
): Informer<T> {
  for (const object of store.list()) indexes.apply({ previous: undefined, current: object });
  const unsubscriptions = new Set([store.subscribe((change) => indexes.apply(change))]);
  let stopped = false;
  return {
    get: (key) => store.get(key),
    list: (namespace) => store.list(namespace),
    byIndex: (index, value) => indexes.find(index, value),
    synced: () => reflector.synced,
    onChange(listener) {
      const unsubscribe = store.subscribe(listener);
      unsubscriptions.add(unsubscribe);
      return unsubscribe;
    },
    stop() {
      if (stopped) return;
      stopped = true;
      for (const unsubscribe of unsubscriptions) unsubscribe();
      release();
    },
  };
}
