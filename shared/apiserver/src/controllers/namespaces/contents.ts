import { isRefused } from "../../client/mutate.ts";
import type { GroupVersionResource, Loopback } from "../../loopback.ts";

/** What is still in a namespace: collection (`pods.`, `secrets.`, `machineinventories.elemental.cattle.io`) -> objects. */
export interface Remains {
  content: ReadonlyMap<string, number>;
  /** Finalizer -> objects it holds. */
  finalizers: ReadonlyMap<string, number>;
}

/** Deletes everything in the namespace and says what is left. */
export async function deleteContents(loopback: Loopback, namespace: string): Promise<Remains> {
  const content = new Map<string, number>();
  const finalizers = new Map<string, number>();
  for (const resource of loopback.resources().filter(({ namespaced }) => namespaced)) {
    await deleteCollection(loopback, resource, namespace);
    const left = await loopback.list(resource, namespace);
    if (left.length > 0) content.set(`${resource.resource}.${resource.group}`, left.length);
    for (const { metadata } of left) {
      for (const name of metadata.finalizers ?? []) finalizers.set(name, (finalizers.get(name) ?? 0) + 1);
    }
  }
  return { content, finalizers };
}

async function deleteCollection(loopback: Loopback, resource: GroupVersionResource, namespace: string): Promise<void> {
  for (const { metadata } of await loopback.list(resource, namespace)) {
    if (metadata.deletionTimestamp) continue;
    try {
      await loopback.delete(resource, { namespace, name: metadata.name });
    } catch (error) {
      if (!isRefused(error, "NotFound")) throw error;
    }
  }
}
