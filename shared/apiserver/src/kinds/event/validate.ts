import { type ApiObject, isEqual } from "../../object/object.ts";
import { type FieldError, invalid, required } from "../../status/field-error.ts";
import { type CoreEvent, toCore } from "./fields.ts";

const longest = { reason: 128, action: 128, reportingInstance: 128, message: 1024 };

/** Errors of an Event of the core group; one with an eventTime is held to the newer rules. */
export function coreEventErrors(event: CoreEvent): FieldError[] {
  return [...namespaceErrors(event), ...(event.eventTime ? newRules(event) : [])];
}

/** Errors of an Event of events.k8s.io/v1. Once written, only its series changes. */
export function groupedEventErrors(event: ApiObject, old: ApiObject | undefined): FieldError[] {
  const stored: CoreEvent = toCore(event);
  if (!old && !stored.eventTime) return [required("eventTime")];
  const changed = old ? immutable.filter((key) => !isEqual(event[key], old[key])) : [];
  return [...coreEventErrors(stored), ...changed.map((key) => invalid(key, event[key], "field is immutable"))];
}

const immutable = [
  "regarding",
  "related",
  "reason",
  "action",
  "note",
  "type",
  "eventTime",
  "reportingController",
  "reportingInstance",
];

function namespaceErrors({ metadata, involvedObject = {} }: CoreEvent): FieldError[] {
  const { namespace = "" } = involvedObject;
  const isClusterWide = namespace === "" && metadata.namespace === "default";
  if (isClusterWide || namespace === metadata.namespace) return [];
  return [invalid("involvedObject.namespace", namespace, "does not match event.namespace")];
}

function newRules(event: CoreEvent): FieldError[] {
  const { type = "", reportingComponent = "", reportingInstance = "", action = "", reason = "" } = event;
  const texts = { reportingController: reportingComponent, reportingInstance, action, reason };
  const missing = Object.entries(texts).filter(([, value]) => value === "");
  const tooLong = Object.entries(longest).filter(([key, limit]) => String(event[key] ?? "").length > limit);
  return [
    ...missing.map(([key]) => required(key)),
    ...tooLong.map(([key, limit]) => invalid(key, "", `can have at most ${limit} characters`)),
    ...(type === "Normal" || type === "Warning" ? [] : [invalid("type", "", `has invalid value: ${type}`)]),
  ];
}
