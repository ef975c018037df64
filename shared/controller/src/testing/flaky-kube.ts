import type { KubeObject, ResourceType } from "@elemental/api";
import { type Kube, KubeError } from "@elemental/kube";

/** What happens to a write: it works, never arrives, or works while its answer is lost. */
export type Fate = "works" | "lost" | "unanswered";

/** A Kube whose writes meet the fates of the list, one after the other; then all of them work. */
export function flakyKube(kube: Kube, fates: Fate[]): Kube {
  async function meet<T>(write: () => Promise<T>): Promise<T> {
    const fate = fates.shift() ?? "works";
    if (fate === "lost") throw new KubeError("Unavailable", "the request was lost");
    const result = await write();
    if (fate === "unanswered") throw new KubeError("Unavailable", "the answer was lost");
    return result;
  }
  return {
    ...kube,
    create: <T extends KubeObject>(type: ResourceType<T>, object: T) => meet(() => kube.create(type, object)),
    patch: (type, key, patch) => meet(() => kube.patch(type, key, patch)),
    patchStatus: (type, key, patch) => meet(() => kube.patchStatus(type, key, patch)),
    apply: <T extends KubeObject>(type: ResourceType<T>, object: T) => meet(() => kube.apply(type, object)),
    delete: (type, key, options) => meet(() => kube.delete(type, key, options)),
  };
}
