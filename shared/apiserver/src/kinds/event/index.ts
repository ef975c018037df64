import { defineKind } from "../define.ts";
import { fieldsAt, textAt } from "../fields.ts";
import { eventColumns } from "./columns.ts";
import { type CoreEvent, toCore, toGrouped } from "./fields.ts";
import { coreEventErrors, groupedEventErrors } from "./validate.ts";

const referenceFields = ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"];

/** Events of the core group. */
export const events = defineKind({
  group: "",
  version: "v1",
  kind: "Event",
  plural: "events",
  namespaced: true,
  definition: "io.k8s.api.core.v1.Event",
  shortNames: ["ev"],
  strategy: {
    createsOnUpdate: true,
    validate: coreEventErrors,
    selectableFields: (event: CoreEvent) => ({
      ...fieldsAt(
        event,
        referenceFields.map((field) => `involvedObject.${field}`),
      ),
      ...fieldsAt(event, ["reason", "reportingComponent", "type"]),
      source: textAt(event, "source.component") || textAt(event, "reportingComponent"),
    }),
    columns: eventColumns((event) => event),
  },
});

/** The same Events as events.k8s.io shows them. */
export const groupedEvents = defineKind({
  group: "events.k8s.io",
  version: "v1",
  kind: "Event",
  plural: "events",
  namespaced: true,
  definition: "io.k8s.api.events.v1.Event",
  shortNames: ["ev"],
  storage: events.storage,
  convert: { fromStorage: toGrouped, toStorage: toCore },
  strategy: {
    createsOnUpdate: true,
    validate: groupedEventErrors,
    selectableFields: (event) => ({
      ...fieldsAt(
        event,
        referenceFields.map((field) => `regarding.${field}`),
      ),
      ...fieldsAt(event, ["reason", "reportingController", "type"]),
    }),
    columns: eventColumns(toCore),
  },
});
