import type { KubeObject, ObjectKey, ResourceType } from "@elemental/api";
import { type Cache, isKubeError, type Reader } from "@elemental/kube";

/** The object, undefined when it does not exist. Throws KubeError for every other failure. */
export async function existing<T extends KubeObject>(
  kube: Pick<Reader, "get">,
  type: ResourceType<T>,
  key: ObjectKey,
): Promise<T | undefined> {
  try {
    return await kube.get(type, key);
  } catch (error) {
    if (isKubeError(error, "NotFound")) return undefined;
    throw error;
  }
}

/** The cached object; one that the cache does not have is read, because it may be newer or not be selected by its watch. */
export async function cachedOrExisting<T extends KubeObject>(
  cache: Pick<Cache<T>, "get">,
  kube: Pick<Reader, "get">,
  type: ResourceType<T>,
  key: ObjectKey,
): Promise<T | undefined> {
  return cache.get(key) ?? existing(kube, type, key);
}
