import type { ApiObject } from "../../object/object.ts";
import type { Column } from "../../resources/resource.ts";
import { column, nameColumn } from "../../table/columns.ts";
import { ageOf } from "../../table/duration.ts";
import type { CoreEvent } from "./fields.ts";

/** The columns of `kubectl get events`, whichever form the Event is in. */
export function eventColumns(asCore: (event: ApiObject) => CoreEvent): readonly Column[] {
  const text = (read: (event: CoreEvent) => string | undefined) => (event: ApiObject) => read(asCore(event)) ?? "";
  return [
    column("Last Seen", (event, now) => ageOf(lastSeen(asCore(event)), now), {
      description: "When it was last observed.",
    }),
    column(
      "Type",
      text(({ type }) => type),
      { description: "Normal or Warning." },
    ),
    column(
      "Reason",
      text(({ reason }) => reason),
      { description: "The cause, for machines." },
    ),
    column("Object", text(subject), { description: "The object it is about." }),
    column(
      "Subobject",
      text(({ involvedObject }) => involvedObject?.fieldPath),
      { priority: 1 },
    ),
    column("Source", text(sourceText), { priority: 1, description: "Who reports it." }),
    column(
      "Message",
      text(({ message }) => message?.trim()),
      { description: "The cause, for people." },
    ),
    column("First Seen", (event, now) => ageOf(firstSeen(asCore(event)), now), { priority: 1 }),
    column("Count", (event) => occurrences(asCore(event)), { type: "integer", priority: 1 }),
    { ...nameColumn, priority: 1 },
  ];
}

function subject({ involvedObject = {} }: CoreEvent): string {
  const { kind = "", name = "" } = involvedObject;
  return name === "" ? kind.toLowerCase() : `${kind.toLowerCase()}/${name}`;
}

function lastSeen({ series, lastTimestamp, firstTimestamp, eventTime }: CoreEvent): string | undefined {
  return series?.lastObservedTime ?? lastTimestamp ?? firstTimestamp ?? eventTime;
}

function firstSeen({ firstTimestamp, eventTime }: CoreEvent): string | undefined {
  return firstTimestamp ?? eventTime;
}

function occurrences({ series, count }: CoreEvent): number {
  return series?.count ?? count ?? 1;
}

function sourceText({ source, reportingComponent, reportingInstance }: CoreEvent): string {
  const parts = source?.component ? [source.component, source.host] : [reportingComponent, reportingInstance];
  return parts.filter(Boolean).join(", ");
}
