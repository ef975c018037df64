import { apiVersionOf, type Resource } from "../resources/resource.ts";
import { type GroupListing, subresourceVerbs } from "./groups.ts";

/** The answer of `/apis/GROUP`. */
export function apiGroup({ group, versions }: GroupListing): object {
  const list = versions.map(({ version }) => ({ groupVersion: apiVersionOf({ group, version }), version }));
  return { kind: "APIGroup", apiVersion: "v1", name: group, versions: list, preferredVersion: list[0] };
}

/** The answer of `/apis`. */
export function apiGroupList(listings: readonly GroupListing[]): object {
  const groups = listings.filter(({ group }) => group !== "").map(apiGroup);
  return {
    kind: "APIGroupList",
    apiVersion: "v1",
    groups: groups.map((group) => ({ ...group, kind: undefined, apiVersion: undefined })),
  };
}

/** The answer of `/api`. */
export function apiVersions(serverAddress: string): object {
  const serverAddressByClientCIDRs = [{ clientCIDR: "0.0.0.0/0", serverAddress }];
  return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs };
}

/** The answer of `/api/v1` and `/apis/GROUP/VERSION`. */
export function apiResourceList(groupVersion: string, resources: readonly Resource[]): object {
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources: resources.flatMap(entries) };
}

function entries(resource: Resource): object[] {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories, subresources } = resource;
  return [
    {
      name: plural,
      singularName: singular,
      namespaced,
      kind,
      verbs,
      ...(shortNames.length > 0 && { shortNames }),
      ...(categories.length > 0 && { categories }),
    },
    ...[...subresources].sort().map((subresource) => ({
      name: `${plural}/${subresource}`,
      singularName: "",
      namespaced,
      kind,
      verbs: subresourceVerbs(subresource),
    })),
  ];
}
