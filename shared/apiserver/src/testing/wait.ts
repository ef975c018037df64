import type { KubeObject } from "@elemental/api";
import type { GroupVersionResource, Loopback } from "../loopback.ts";

const deadlineMs = 20_000;

/** Resolves with the object as soon as `holds` is true of it (undefined: it is gone); rejects after 20 s. */
export function waitFor<T extends KubeObject>(
  loopback: Loopback,
  resource: GroupVersionResource,
  key: { namespace: string; name: string },
  holds: (object: T | undefined) => boolean,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    let last: T | undefined;
    let unwatch = () => {};
    const timer = setTimeout(() => {
      unwatch();
      reject(new Error(`${resource.resource} ${key.name} did not get there: ${JSON.stringify(last, null, 1)}`));
    }, deadlineMs);
    const look = async () => {
      last = (await loopback.get(resource, key.namespace, key.name)) as T | undefined;
      if (!holds(last)) return;
      clearTimeout(timer);
      unwatch();
      resolve(last);
    };
    unwatch = loopback.watch(resource, ({ object }) => {
      if (object.metadata.name === key.name) look().catch(reject);
    });
    look().catch(reject);
  });
}
