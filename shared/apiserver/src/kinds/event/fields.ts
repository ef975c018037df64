import type { ApiObject, JsonObject } from "../../object/object.ts";

/** The form in which Events are stored: that of the core group. */
export interface CoreEvent extends ApiObject {
  involvedObject?: { kind?: string; name?: string; namespace?: string; fieldPath?: string };
  reason?: string;
  message?: string;
  type?: string;
  action?: string;
  count?: number;
  eventTime?: string;
  firstTimestamp?: string;
  lastTimestamp?: string;
  reportingComponent?: string;
  reportingInstance?: string;
  series?: { count?: number; lastObservedTime?: string };
  source?: { component?: string; host?: string };
}

/** What the same field is called in the core group and in events.k8s.io. */
const names: readonly (readonly [core: string, grouped: string])[] = [
  ["involvedObject", "regarding"],
  ["message", "note"],
  ["source", "deprecatedSource"],
  ["firstTimestamp", "deprecatedFirstTimestamp"],
  ["lastTimestamp", "deprecatedLastTimestamp"],
  ["count", "deprecatedCount"],
  ["reportingComponent", "reportingController"],
];

/** A stored Event as events.k8s.io/v1 shows it. */
export function toGrouped(event: ApiObject): ApiObject {
  return renamed(event, names, "events.k8s.io/v1");
}

/** An Event of events.k8s.io/v1 as it is stored. */
export function toCore(event: ApiObject): ApiObject {
  return renamed(
    event,
    names.map(([core, grouped]) => [grouped, core] as const),
    "v1",
  );
}

function renamed(event: ApiObject, pairs: readonly (readonly [string, string])[], apiVersion: string): ApiObject {
  const result: JsonObject = { ...event, apiVersion };
  for (const [from, to] of pairs) {
    if (result[from] === undefined) continue;
    result[to] = result[from];
    delete result[from];
  }
  return result as ApiObject;
}
