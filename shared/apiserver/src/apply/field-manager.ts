import { type ApiObject, isEqual, type JsonObject, type ManagedFieldsEntry } from "../object/object.ts";
import type { Schema } from "../schema/schema.ts";
import { type Comparison, compare } from "./compare.ts";
import { conflictError, type FieldConflict } from "./conflict.ts";
import { decodeFields, FieldSet } from "./field-set.ts";
import { fieldsOf } from "./fields-of.ts";
import { appliedByClient, recordLastApplied } from "./last-applied.ts";
import { decodeManagers, encodeManagers, isSameManager, type Manager, type ManagerIdentity } from "./managers.ts";
import { mergeApplied } from "./merge.ts";
import { removeFields, withNamedFields } from "./remove.ts";

/** Who writes what, when. */
export interface FieldManagerContext {
  name: string;
  apiVersion: string;
  subresource: string;
  schema: Schema;
  /** Whether a new object has its spec and status from the start, as those of built-in kinds have. */
  isBuiltIn: boolean;
  /** RFC 3339. */
  now: string;
}

/** What nobody owns: identity and what only the server sets. */
const serverFields = decodeFields({
  "f:apiVersion": {},
  "f:kind": {},
  "f:metadata": {
    ".": {},
    "f:name": {},
    "f:namespace": {},
    "f:creationTimestamp": {},
    "f:selfLink": {},
    "f:uid": {},
    "f:generation": {},
    "f:managedFields": {},
    "f:resourceVersion": {},
  },
});

const noManager = "before-first-apply";

/** managedFields after an object was written by anything but an apply. `before` is undefined on create. */
export function trackUpdate(
  before: ApiObject | undefined,
  after: ApiObject,
  context: FieldManagerContext,
): ManagedFieldsEntry[] {
  if (isReset(after.metadata.managedFields)) return [];
  // Owners can be edited, but not in passing by a write to a subresource.
  const sent = context.subresource === "" ? decodeManagers(after.metadata.managedFields) : [];
  const managers = sent.length > 0 ? sent : decodeManagers(before?.metadata.managedFields);
  const changes = compare(before ? bare(before) : zeroObject(context), bare(after), context.schema);
  return encodeManagers(updated(managers, changes, context));
}

// An empty entry is how a client says that everybody's ownership ends.
function isReset(entries: readonly ManagedFieldsEntry[] | undefined): boolean {
  return entries?.length === 1 && isEqual(entries[0], {});
}

function updated(managers: readonly Manager[], changes: Comparison, context: FieldManagerContext): Manager[] {
  const self = { ...context, operation: "Update" as const };
  const taken = changes.modified.union(changes.added).difference(serverFields);
  const others = managers
    .filter((manager) => !isSameManager(manager, self))
    .map((manager) => ({ ...manager, fields: manager.fields.difference(taken).difference(changes.removed) }));
  const own = managers.find((manager) => isSameManager(manager, self));
  const fields = (own?.fields ?? new FieldSet()).difference(changes.removed).union(taken);
  const time = own?.fields.equals(fields) ? own.time : context.now;
  return [...others, { ...identity(self), time, fields }];
}

function identity({ name, operation, apiVersion, subresource }: ManagerIdentity): ManagerIdentity {
  return { name, operation, apiVersion, subresource };
}

/** What a new object of a built-in kind is before anything was set: spec and status are there, with what they require. */
function zeroObject({ schema, isBuiltIn }: FieldManagerContext): JsonObject {
  const parts = ["spec", "status"].filter((name) => isBuiltIn && schema.properties?.[name] !== undefined);
  const nulls = (name: string) => (schema.properties?.[name]?.required ?? []).map((key) => [key, null] as const);
  return { metadata: {}, ...Object.fromEntries(parts.map((name) => [name, Object.fromEntries(nulls(name))])) };
}

/** The object as it counts for ownership. */
function bare(object: Partial<ApiObject> | undefined): JsonObject {
  if (!object?.metadata) return object ?? { metadata: {} };
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** What is applied: an object that says only what its applier wants to own. */
export type Configuration = Partial<ApiObject>;

export interface Applied {
  object: ApiObject;
  managedFields: ManagedFieldsEntry[];
}

/**
 * Merges an applied configuration into the live object: its fields become the applier's, fields that the applier owned and
 * no longer names are removed unless somebody else owns them. Throws 409 when another manager owns a field with another
 * value, unless `force`. `live` is undefined when the object does not exist yet.
 */
export function applyConfiguration(
  live: ApiObject | undefined,
  configuration: Configuration,
  context: FieldManagerContext,
  force: boolean,
): Applied {
  const { schema, now } = context;
  const self = identity({ ...context, operation: "Apply" });
  const before = ownersBefore(live, context);
  const last = before.find((manager) => isSameManager(manager, self));
  const others = before.filter((manager) => manager !== last);
  const named = fieldsOf(bare(configuration), schema);
  const merged = mergeApplied(bare(live), bare(configuration), schema);
  const owned = others.reduce((all, { fields }) => all.union(fields), named);
  const pruned = last ? removeFields(merged, abandoned(merged, last.fields, owned, schema), schema) : merged;
  const object = Object.assign({ metadata: {} }, pruned) as ApiObject;
  const changes = compare(bare(live), bare(object), schema);
  if (!force) refuseConflicts(others, changes, appliedByClient(live, context.name, schema));
  const fields = named.difference(serverFields);
  const isUnchanged = last?.fields.equals(fields) && isEqual(bare(live), bare(object));
  recordLastApplied(object, configuration, context.name);
  const own = { ...self, time: (isUnchanged && last?.time) || now, fields };
  return { object, managedFields: encodeManagers([...others.map((manager) => without(manager, changes)), own]) };
}

// Whoever wrote an object of which no owners are recorded owns all of it together.
function ownersBefore(live: ApiObject | undefined, context: FieldManagerContext): Manager[] {
  const managers = decodeManagers(live?.metadata.managedFields);
  if (!live || managers.length > 0) return managers;
  const fields = compare({ metadata: {} }, bare(live), context.schema).added.difference(serverFields);
  const { apiVersion, now } = context;
  return [{ name: noManager, operation: "Update", apiVersion, subresource: "", time: now, fields }];
}

function without(manager: Manager, { modified, added, removed }: Comparison): Manager {
  return { ...manager, fields: manager.fields.difference(modified.union(added)).difference(removed) };
}

/** What is there because the applier named it last time, and neither it nor anybody else owns now. */
function abandoned(merged: unknown, last: FieldSet, owned: FieldSet, schema: Schema): FieldSet {
  const present = withNamedFields(fieldsOf(merged, schema), schema);
  return withNamedFields(last, schema).intersection(present).difference(withNamedFields(owned, schema));
}

function refuseConflicts(others: readonly Manager[], { modified, added }: Comparison, allowed: FieldSet): void {
  const changed = modified.union(added).difference(allowed);
  const conflicts: FieldConflict[] = others.flatMap((manager) =>
    [...manager.fields.intersection(changed).paths()].map((path) => ({ manager, path })),
  );
  if (conflicts.length > 0) throw conflictError(conflicts);
}
