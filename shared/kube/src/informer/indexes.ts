import { formatKey, type KubeObject, objectKey } from "@elemental/api";
import type { Change, WatchOptions } from "../ports.ts";

type Indexers<T extends KubeObject> = NonNullable<WatchOptions<T>["indexers"]>;

/** Finds objects by the values that indexers derive from them. An indexer that throws finds nothing for that object. */
export class Indexes<T extends KubeObject> {
  readonly #indexers: Indexers<T>;
  readonly #found: Map<string, Map<string, Map<string, T>>>;
  readonly #report: (error: unknown) => void;

  constructor(indexers: Indexers<T>, report: (error: unknown) => void) {
    this.#indexers = indexers;
    this.#found = new Map(Object.keys(indexers).map((name) => [name, new Map()]));
    this.#report = report;
  }

  find(index: string, value: string): T[] {
    const values = this.#found.get(index);
    if (!values) throw new TypeError(`There is no index "${index}"; pass its indexer to inform().`);
    return [...(values.get(value)?.values() ?? [])];
  }

  apply({ previous, current }: Change<T>): void {
    for (const [index, values] of this.#found) {
      if (previous) this.#unlink(values, index, previous);
      if (current) this.#link(values, index, current);
    }
  }

  #link(values: Map<string, Map<string, T>>, index: string, object: T): void {
    for (const value of this.#valuesOf(index, object)) {
      const objects = values.get(value) ?? new Map<string, T>();
      values.set(value, objects.set(formatKey(objectKey(object)), object));
    }
  }

  #unlink(values: Map<string, Map<string, T>>, index: string, object: T): void {
    for (const value of this.#valuesOf(index, object)) {
      const objects = values.get(value);
      objects?.delete(formatKey(objectKey(object)));
      if (objects?.size === 0) values.delete(value);
    }
  }

  #valuesOf(index: string, object: T): string[] {
    try {
      return this.#indexers[index]?.(object) ?? [];
    } catch (error) {
      this.#report(error);
      return [];
    }
  }
}
