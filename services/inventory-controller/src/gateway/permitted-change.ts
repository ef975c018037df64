import { isDeepStrictEqual } from "node:util";
import type { Secret } from "@elemental/api";
import { badRequest, conflict, forbidden, GatewayRefusal } from "./status.ts";

/** The keys that an agent writes; agent-gateway 2 and resources-and-controllers 3.2. */
const agentKeys: ReadonlySet<string> = new Set([
  "applied-checksum",
  "applied-output",
  "applied-periodic-output",
  "failed-checksum",
  "failed-output",
  "failure-count",
  "success-count",
  "last-apply-time",
  "probe-statuses",
  "plan-state",
]);

/** Metadata that says who somebody is or what it belongs to; the rest belongs to the API server. */
const guardedMetadata = ["name", "namespace", "labels", "annotations", "ownerReferences", "finalizers"] as const;

/** Changes of data keys as a merge patch has them: null removes a key. */
export type DataChange = Record<string, string | null>;

/**
 * What an agent changes by replacing `current` with `wanted`. Throws GatewayRefusal: 403 for everything but the keys
 * that agents write, 409 when `wanted` is not based on `current`.
 */
export function permittedChange(current: Secret, wanted: unknown): DataChange {
  if (!isObject(wanted)) throw new GatewayRefusal(badRequest("the body is not a Secret"));
  const metadata = isObject(wanted["metadata"]) ? wanted["metadata"] : {};
  const { name, uid, resourceVersion } = current.metadata;
  const sameLife = metadata["uid"] === undefined || metadata["uid"] === uid;
  if (!sameLife || metadata["resourceVersion"] !== resourceVersion) throw new GatewayRefusal(conflict(name));
  for (const field of guardedMetadata) {
    if (!sameField(current.metadata[field], metadata[field])) throw refused(`metadata.${field}`);
  }
  for (const field of ["type", "immutable"] as const) {
    if (!sameField(current[field], wanted[field])) throw refused(field);
  }
  if (!isEmpty(wanted["stringData"])) throw refused("stringData");
  return dataChange(current.data ?? {}, wanted["data"] ?? {});
}

function dataChange(before: Record<string, string>, after: unknown): DataChange {
  if (!isObject(after)) throw new GatewayRefusal(badRequest("data is not an object"));
  const change: DataChange = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const value = Object.hasOwn(after, key) ? after[key] : null;
    if (value === before[key] || (value === null && before[key] === undefined)) continue;
    if (!agentKeys.has(key)) throw refused(`data[${JSON.stringify(key.slice(0, 64))}]`);
    if (value !== null && typeof value !== "string")
      throw new GatewayRefusal(badRequest(`data.${key} is not a string`));
    change[key] = value;
  }
  return change;
}

function refused(what: string): GatewayRefusal {
  return new GatewayRefusal(forbidden(`this credential may not change ${what}`));
}

function sameField(before: unknown, after: unknown): boolean {
  return (isEmpty(before) && isEmpty(after)) || isDeepStrictEqual(before, after);
}

/** Clients leave out what is empty, or write it out. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
