/** Items in the order of `compare`, which must tell any two of them apart. */
export class SortedSet<T> implements Iterable<T> {
  readonly #compare: (a: T, b: T) => number;
  readonly #items: T[] = [];

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#items.length;
  }

  /** Adds the item, in place of an equal one. */
  add(item: T): void {
    const { position, found } = this.#find(item);
    this.#items.splice(position, found ? 1 : 0, item);
  }

  delete(item: T): void {
    const { position, found } = this.#find(item);
    if (found) this.#items.splice(position, 1);
  }

  /** Adding and deleting must wait until the iteration is over. */
  [Symbol.iterator](): Iterator<T> {
    return this.#items[Symbol.iterator]();
  }

  /** Where the item is or would be. */
  #find(item: T): { position: number; found: boolean } {
    let [low, high] = [0, this.#items.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(this.#items[middle] as T, item) < 0) low = middle + 1;
      else high = middle;
    }
    const found = low < this.#items.length && this.#compare(this.#items[low] as T, item) === 0;
    return { position: low, found };
  }
}

/** Sorted sets by name; an item may be in several. */
export class Buckets<T> {
  readonly #compare: (a: T, b: T) => number;
  readonly #sets = new Map<string, SortedSet<T>>();

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  add(name: string, item: T): void {
    const set = this.#sets.get(name) ?? new SortedSet(this.#compare);
    this.#sets.set(name, set);
    set.add(item);
  }

  delete(name: string, item: T): void {
    const set = this.#sets.get(name);
    set?.delete(item);
    if (set?.size === 0) this.#sets.delete(name);
  }

  size(name: string): number {
    return this.#sets.get(name)?.size ?? 0;
  }

  /** The items of one set in order. */
  items(name: string): Iterable<T> {
    return this.#sets.get(name) ?? [];
  }
}
