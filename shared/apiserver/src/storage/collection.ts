import type { ApiObject } from "../object/object.ts";

/** The current objects of one resource, ordered by key on demand. */
export class Collection {
  readonly #objects = new Map<string, ApiObject>();
  #sorted: string[] | undefined;

  get(key: string): ApiObject | undefined {
    return this.#objects.get(key);
  }

  set(key: string, object: ApiObject): void {
    if (!this.#objects.has(key)) this.#sorted = undefined;
    this.#objects.set(key, object);
  }

  delete(key: string): void {
    if (this.#objects.delete(key)) this.#sorted = undefined;
  }

  /** Keys that start with `prefix`, in order. */
  *keys(prefix: string): Iterable<string> {
    this.#sorted ??= [...this.#objects.keys()].sort();
    for (let i = firstAtOrAfter(this.#sorted, prefix); i < this.#sorted.length; i++) {
      const key = this.#sorted[i] ?? "";
      if (!key.startsWith(prefix)) return;
      yield key;
    }
  }

  list(prefix: string): ApiObject[] {
    const objects: ApiObject[] = [];
    for (const key of this.keys(prefix)) {
      const object = this.#objects.get(key);
      if (object) objects.push(object);
    }
    return objects;
  }
}

function firstAtOrAfter(sorted: readonly string[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? "") < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
