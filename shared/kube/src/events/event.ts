import type { KubeObject, ResourceType } from "@elemental/api";
import type { EventInput } from "../ports.ts";

/** A core/v1 Event, as far as it is written here. Times are RFC 3339 with seconds. */
export interface Event extends KubeObject {
  involvedObject: { apiVersion: string; kind: string; namespace?: string; name: string; uid?: string };
  type: EventInput["type"];
  reason: string;
  message: string;
  count: number;
  firstTimestamp: string;
  lastTimestamp: string;
  source: { component: string };
  reportingComponent: string;
  reportingInstance: string;
}

export const eventType: ResourceType<Event> = {
  group: "",
  version: "v1",
  kind: "Event",
  plural: "events",
  namespaced: true,
};
