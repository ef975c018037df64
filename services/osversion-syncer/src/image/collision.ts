import type { ManagedOSImage } from "@elemental/api";
import { localNamespace } from "./desired.ts";
import { upgraderName } from "./names.ts";

/**
 * The older image whose objects have the same names in a cluster that both may reach, if there is one: the later
 * deployment would overwrite the earlier one. Compatibility forbids other names; resources-and-controllers 2.8.1.
 */
export function olderTwin(image: ManagedOSImage, all: readonly ManagedOSImage[]): ManagedOSImage | undefined {
  const name = upgraderName(image.metadata.name);
  return all.find(
    (other) =>
      other.metadata.uid !== image.metadata.uid &&
      upgraderName(other.metadata.name) === name &&
      age(other) < age(image) &&
      mayShareCluster(image, other),
  );
}

function age({ metadata }: ManagedOSImage): string {
  return `${metadata.creationTimestamp ?? ""} ${metadata.uid ?? ""}`;
}

function mayShareCluster(a: ManagedOSImage, b: ManagedOSImage): boolean {
  const areBothLocal = [a, b].map(({ metadata }) => metadata.namespace === localNamespace);
  if (areBothLocal.some(Boolean)) return areBothLocal.every(Boolean);
  const [clustersOfA, clustersOfB] = [targetClusters(a), targetClusters(b)];
  if (!clustersOfA || !clustersOfB) return true;
  return clustersOfA.some((cluster) => clustersOfB.includes(cluster));
}

/** Names of the targeted clusters; undefined when selectors or groups choose them. */
function targetClusters({ spec }: ManagedOSImage): string[] | undefined {
  const names = (spec?.clusterTargets ?? []).map((target) => target.clusterName);
  return names.every((name) => typeof name === "string") ? names : undefined;
}
