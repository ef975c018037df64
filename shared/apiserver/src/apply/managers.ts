import type { ManagedFieldsEntry } from "../object/object.ts";
import { decodeFields, encodeFields, FieldSet } from "./field-set.ts";

export type Operation = "Apply" | "Update";

export interface ManagerIdentity {
  name: string;
  operation: Operation;
  apiVersion: string;
  subresource: string;
}

/** One owner of fields. */
export interface Manager extends ManagerIdentity {
  /** When its set of fields last changed, RFC 3339. */
  time: string;
  fields: FieldSet;
}

/** More owners by Update than this are merged into one. */
const updaterLimit = 10;
const ancient = "ancient-changes";

/** Reads managedFields. Entries without fields are dropped. */
export function decodeManagers(entries: readonly ManagedFieldsEntry[] = []): Manager[] {
  return entries.flatMap((entry) => {
    const { manager: name = "", operation, apiVersion = "", subresource = "", time = "", fieldsV1 } = entry;
    if (operation === undefined || fieldsV1 === undefined) return [];
    return [{ name, operation, apiVersion, subresource, time, fields: decodeFields(fieldsV1) }];
  });
}

export function encodeManagers(managers: readonly Manager[]): ManagedFieldsEntry[] {
  const present = limited(managers.filter(({ fields }) => !fields.isEmpty));
  return present.sort(inOrder).map(({ name, operation, apiVersion, subresource, time, fields }) => ({
    manager: name,
    operation,
    apiVersion,
    ...(time && { time }),
    fieldsType: "FieldsV1",
    fieldsV1: encodeFields(fields),
    ...(subresource && { subresource }),
  }));
}

// The order in which the API server lists them.
function inOrder(left: Manager, right: Manager): number {
  const keys = ["operation", "time", "name", "apiVersion", "subresource"] as const;
  const key = keys.find((candidate) => left[candidate] !== right[candidate]);
  return key === undefined ? 0 : left[key] < right[key] ? -1 : 1;
}

function limited(managers: readonly Manager[]): Manager[] {
  const updaters = managers.filter(({ operation }) => operation === "Update").sort(inOrder);
  const excess = updaters.slice(0, Math.max(0, updaters.length - updaterLimit + 1));
  if (excess.length < 2) return [...managers];
  const fields = excess.reduce((all, manager) => all.union(manager.fields), new FieldSet());
  const [first] = excess;
  const kept = managers.filter((manager) => !excess.includes(manager));
  return first ? [...kept, { ...first, name: ancient, time: excess.at(-1)?.time ?? first.time, fields }] : kept;
}

/** Whether both entries are of the same owner; for an Apply the version does not matter. */
export function isSameManager(left: ManagerIdentity, right: ManagerIdentity): boolean {
  return (
    left.name === right.name &&
    left.operation === right.operation &&
    left.subresource === right.subresource &&
    (left.operation === "Apply" || left.apiVersion === right.apiVersion)
  );
}
