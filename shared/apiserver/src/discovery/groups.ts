import type { Catalog } from "../resources/catalog.ts";
import type { Resource } from "../resources/resource.ts";
import { compareVersions } from "./version-order.ts";

/** The versions of a group, the preferred first, with what each serves. */
export interface GroupListing {
  group: string;
  versions: { version: string; resources: Resource[] }[];
}

/** Every group that is served, the core group first. */
export function groupListings(catalog: Catalog): GroupListing[] {
  const byGroup = Map.groupBy(catalog.all(), ({ group }) => group);
  const names = [...byGroup.keys()].sort((left, right) => Number(right === "") - Number(left === ""));
  return names.map((group) => {
    const byVersion = Map.groupBy(byGroup.get(group) ?? [], ({ version }) => version);
    const versions = [...byVersion.keys()].sort(compareVersions);
    return {
      group,
      versions: versions.map((version) => ({
        version,
        resources: (byVersion.get(version) ?? []).sort((left, right) => (left.plural < right.plural ? -1 : 1)),
      })),
    };
  });
}

/** Verbs of a subresource. */
export function subresourceVerbs(subresource: string): string[] {
  if (subresource === "log") return ["get"];
  return subresource === "finalize" ? ["update"] : ["get", "patch", "update"];
}

/** Every collection of stored objects once, in the preferred of the versions that serve it. */
export function preferredResources(catalog: Catalog): Resource[] {
  const stored = groupListings(catalog)
    .flatMap(({ versions }) => versions.flatMap(({ resources }) => resources))
    .filter(({ isQuestion }) => !isQuestion);
  return [...new Map(stored.toReversed().map((resource) => [resource.storage, resource])).values()].reverse();
}
