import { formatKey, type KubeObject, type ObjectKey, objectKey, type ResourceType } from "@elemental/api";
import { type Cache, isKubeError, type Reader } from "@elemental/kube";

// A version higher than any: only the API server itself can tell.
const unknown = "9".repeat(30);

/**
 * Reads an object from the cache unless the cache lags: behind a write of our own, after a conflict, or behind another
 * process that queued an object which the cache does not have. Then the API server is asked.
 */
export class FreshReader<P extends KubeObject> {
  readonly #reader: Pick<Reader, "get">;
  readonly #type: ResourceType<P>;
  readonly #cache: Pick<Cache<P>, "get">;
  /** The lowest version at which the cached object is good enough. */
  readonly #required = new Map<string, string>();

  constructor(reader: Pick<Reader, "get">, type: ResourceType<P>, cache: Pick<Cache<P>, "get">) {
    this.#reader = reader;
    this.#type = type;
    this.#cache = cache;
  }

  /** The object; undefined when it does not exist. */
  async read(key: ObjectKey): Promise<P | undefined> {
    const id = formatKey(key);
    const cached = this.#cache.get(key);
    const required = this.#required.get(id);
    // Whoever queued the key may know an object that this process has not heard of.
    if (required === undefined) return cached ?? this.#readThrough(key);
    if (cached && compareVersions(versionOf(cached), required) >= 0) {
      this.#required.delete(id);
      return cached;
    }
    return this.#readThrough(key);
  }

  /** Notes that we wrote this version. */
  written(object: KubeObject): void {
    const key = objectKey(object);
    const { deletionTimestamp, finalizers = [] } = object.metadata;
    // The watch may tell of the end before the write that caused it has returned; nothing would clear the note.
    if (deletionTimestamp !== undefined && finalizers.length === 0 && !this.#cache.get(key)) return;
    this.#required.set(formatKey(key), versionOf(object));
  }

  /** Notes that the cached object turned out to be old. */
  distrust(key: ObjectKey): void {
    this.#required.set(formatKey(key), unknown);
  }

  /** Tells that the cache now has this version, or, without one, that the object is gone. */
  cached(key: ObjectKey, object: KubeObject | undefined): void {
    const id = formatKey(key);
    const required = this.#required.get(id);
    if (required === undefined) return;
    if (!object || compareVersions(versionOf(object), required) >= 0) this.#required.delete(id);
  }

  async #readThrough(key: ObjectKey): Promise<P | undefined> {
    const id = formatKey(key);
    try {
      const object = await this.#reader.get(this.#type, key);
      this.#required.set(id, versionOf(object));
      return object;
    } catch (error) {
      if (!isKubeError(error, "NotFound", "NotServed")) throw error;
      this.#required.delete(id);
      return undefined;
    }
  }
}

function versionOf(object: KubeObject): string {
  return object.metadata.resourceVersion ?? "";
}

/** Versions are decimal numbers of any length. */
export function compareVersions(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
