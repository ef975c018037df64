import type { KubeObject, ResourceType } from "@elemental/api";
import type { Kube } from "@elemental/kube";
import { forEachIndex } from "./workers.ts";

const concurrency = 64;
const warmUp = 200;
const measured = 2000;

/**
 * How many copies of an object the API server takes per second while nothing else runs: the limit that a benchmark is
 * compared with. The copies have the same labels, annotations and spec, and no finalizer.
 */
export async function rawCreatesPerSecond<T extends KubeObject>(
  kube: Kube,
  type: ResourceType<T>,
  { sample, namespace }: { sample: T; namespace: string },
): Promise<number> {
  const { labels, annotations } = sample.metadata;
  const { status: _status, ...object } = sample as T & { status?: unknown };
  const create = (name: string) =>
    kube.create(type, {
      ...object,
      metadata: { name, namespace, ...(labels && { labels }), ...(annotations && { annotations }) },
    } as T);
  await forEachIndex(warmUp, concurrency, (index) => create(`warm-up-${index}`));
  const start = performance.now();
  await forEachIndex(measured, concurrency, (index) => create(`raw-${index}`));
  return (measured * 1000) / (performance.now() - start);
}
