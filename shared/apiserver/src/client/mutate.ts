import type { KubeObject, ObjectKey } from "@elemental/api";
import type { GroupVersionResource, Loopback, Refusal } from "../loopback.ts";

/** Whether the API refused a call for one of the given reasons, e.g. `Conflict`. */
export function isRefused(error: unknown, ...reasons: Refusal["code"][]): boolean {
  return error instanceof Error && reasons.includes((error as Partial<Refusal>).code ?? "");
}

export function keyOf({ metadata }: KubeObject): ObjectKey {
  return { namespace: metadata.namespace ?? "", name: metadata.name };
}

export interface Mutation<T extends KubeObject> {
  resource: GroupVersionResource;
  key: ObjectKey;
  /** Only the object with this uid is meant. */
  uid?: string | undefined;
  subresource?: "status" | "finalize" | "binding";
  /** The wanted object, from the current one, which must not be changed; undefined for no change. */
  change(current: T): T | undefined;
}

/** Reads, changes and writes an object until no one else wrote in between. Undefined when it is not there (any more). */
export async function mutate<T extends KubeObject>(loopback: Loopback, mutation: Mutation<T>): Promise<T | undefined> {
  const { resource, key, uid, subresource, change } = mutation;
  for (;;) {
    const current = (await loopback.get(resource, key.namespace, key.name)) as T | undefined;
    if (!current || (uid !== undefined && current.metadata.uid !== uid)) return undefined;
    const wanted = change(current);
    if (wanted === undefined) return current;
    try {
      return (await loopback.update(resource, wanted, subresource)) as T;
    } catch (error) {
      if (isRefused(error, "NotFound")) return undefined;
      if (!isRefused(error, "Conflict")) throw error;
    }
  }
}

/** Creates the object unless one of its name is there. */
export async function ensure(loopback: Loopback, resource: GroupVersionResource, object: KubeObject): Promise<void> {
  try {
    await loopback.create(resource, object);
  } catch (error) {
    if (!isRefused(error, "AlreadyExists")) throw error;
  }
}
