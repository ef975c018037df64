import { stringifyJson } from "@elemental/api";
import { discoveryList } from "../discovery/aggregated.ts";
import { groupListings } from "../discovery/groups.ts";
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from "../discovery/legacy.ts";
import type { Catalog } from "../resources/catalog.ts";
import { apiVersionOf } from "../resources/resource.ts";
import { negotiate } from "./accept.ts";
import { type Exchange, sendObject, sendText } from "./respond.ts";

const aggregatedVersions = new Set(["v2", "v2beta1"]);

/** Answers the discovery paths; false when the path is none of them. */
export function serveDiscovery(catalog: Catalog, exchange: Exchange): boolean {
  const parts = exchange.path.split("/").filter((part) => part !== "");
  const [root, ...rest] = parts;
  if (root === "api") return rest.length < 2 && serveCore(catalog, exchange, rest[0]);
  if (root !== "apis" || rest.length > 2) return false;
  return rest.length === 0 ? serveGroups(catalog, exchange) : serveGroup(catalog, exchange, rest);
}

function serveCore(catalog: Catalog, exchange: Exchange, version: string | undefined): boolean {
  if (version !== undefined) return serveVersion(catalog, exchange, "", version);
  if (serveAggregated(catalog, exchange, (group) => group === "")) return true;
  sendObject(exchange, 200, apiVersions(exchange.request.headers.host ?? ""));
  return true;
}

function serveGroups(catalog: Catalog, exchange: Exchange): boolean {
  if (serveAggregated(catalog, exchange, (group) => group !== "")) return true;
  sendObject(exchange, 200, apiGroupList(groupListings(catalog)));
  return true;
}

function serveGroup(catalog: Catalog, exchange: Exchange, [group = "", version]: readonly string[]): boolean {
  if (version !== undefined) return serveVersion(catalog, exchange, group, version);
  const listing = groupListings(catalog).find((item) => item.group === group);
  if (listing) sendObject(exchange, 200, apiGroup(listing));
  return listing !== undefined;
}

function serveVersion(catalog: Catalog, exchange: Exchange, group: string, version: string): boolean {
  const listing = groupListings(catalog).find((item) => item.group === group);
  const found = listing?.versions.find((item) => item.version === version);
  if (found) sendObject(exchange, 200, apiResourceList(apiVersionOf({ group, version }), found.resources));
  return found !== undefined;
}

function serveAggregated(catalog: Catalog, exchange: Exchange, isWanted: (group: string) => boolean): boolean {
  const found = negotiate(
    exchange.request.headers.accept,
    ({ kind, group, version }) =>
      kind === "APIGroupDiscoveryList" && group === "apidiscovery.k8s.io" && aggregatedVersions.has(version),
  );
  if (!found?.as) return false;
  const { version, kind } = found.as;
  const listings = groupListings(catalog).filter(({ group }) => isWanted(group));
  const type = `application/json;g=apidiscovery.k8s.io;v=${version};as=${kind}`;
  sendText(exchange, 200, stringifyJson(discoveryList(listings, version)), type);
  return true;
}
