import type { Resource } from "../resources/resource.ts";
import { type GroupListing, subresourceVerbs } from "./groups.ts";

/** The answer of `/api` and `/apis` to clients that want everything at once. */
export function discoveryList(listings: readonly GroupListing[], version: string): object {
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: listings.map(({ group, versions }) => ({
      metadata: group === "" ? {} : { name: group },
      versions: versions.map((item) => ({
        version: item.version,
        resources: item.resources.map(discovery),
        freshness: "Current",
      })),
    })),
  };
}

function discovery(resource: Resource): object {
  const { plural, singular, namespaced, verbs, shortNames, categories, subresources } = resource;
  const responseKind = { group: resource.group, version: resource.version, kind: resource.kind };
  return {
    resource: plural,
    responseKind,
    scope: namespaced ? "Namespaced" : "Cluster",
    singularResource: singular,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(subresources.length > 0 && {
      subresources: [...subresources]
        .sort()
        .map((subresource) => ({ subresource, responseKind, verbs: subresourceVerbs(subresource) })),
    }),
  };
}
