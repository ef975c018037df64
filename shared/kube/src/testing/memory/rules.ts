import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { type KubeObject, kubeTime, type ObjectKey, type ResourceType } from "@elemental/api";
import { applyPatch } from "rfc6902";
import { KubeError } from "../../errors.ts";
import { applyMergePatch } from "../../merge-patch.ts";
import type { Patch } from "../../ports.ts";
import type { Stored } from "./storage.ts";

/** Kinds without a status subresource among those the services touch; every other kind has one. */
const withoutStatus = new Set([
  "ConfigMap",
  "Event",
  "Lease",
  "MachineInventorySelectorTemplate",
  "Role",
  "RoleBinding",
  "Secret",
  "ServiceAccount",
]);

export function hasStatus(type: ResourceType): boolean {
  return !withoutStatus.has(type.kind);
}

/** What the API server makes of a new object: its own metadata, and no status. */
export function admitted(type: ResourceType, object: KubeObject, now: Date): Stored {
  const { status, ...rest } = structuredClone(object) as Stored & { status?: unknown };
  const metadata = {
    ...rest.metadata,
    uid: randomUUID(),
    creationTimestamp: kubeTime(now),
    ...(type.group !== "" && { generation: 1 }),
  };
  const kept = hasStatus(type) || status === undefined ? {} : { status };
  return { ...rest, ...kept, metadata };
}

/** Applies the patch; throws KubeError `Conflict` when a precondition in it does not hold. */
export function patched(current: Stored, patch: Patch, subject: string): Stored {
  if (patch.type === "merge") {
    const result = applyMergePatch(current, structuredClone(patch.body)) as Stored;
    return checkVersion(current, result, subject);
  }
  const result = structuredClone(current);
  for (const error of applyPatch(result, structuredClone(patch.body))) {
    if (error?.name === "TestError") throw conflict(subject);
    if (error) throw new KubeError("Invalid", `${subject}: ${error.message}`, { status: 422 });
  }
  return checkVersion(current, result, subject);
}

function checkVersion(current: Stored, next: Stored, subject: string): Stored {
  const { uid, resourceVersion } = next.metadata;
  if (resourceVersion !== undefined && resourceVersion !== current.metadata.resourceVersion) throw conflict(subject);
  if (uid !== undefined && uid !== current.metadata.uid) throw conflict(subject);
  return next;
}

/** The object after a write to the main resource: identity and status stay, a changed specification is a new generation. */
export function updated(type: ResourceType, current: Stored, next: Stored, subject: string): Stored {
  const fixed = {
    uid: current.metadata.uid,
    creationTimestamp: current.metadata.creationTimestamp,
    deletionTimestamp: current.metadata.deletionTimestamp,
    generation: current.metadata.generation,
  };
  const { status: _ignored, ...rest } = next;
  const own = hasStatus(type) ? { ...rest, ...withMember("status", current["status"]) } : next;
  const object: Stored = { ...own, metadata: { ...next.metadata, ...fixed } };
  refuseNewFinalizers(current, object, subject);
  if (type.group === "" || !changesContent(current, object)) return defined(object);
  return defined(withGeneration(object));
}

/** The object after a write to its status: nothing else changes. */
export function statusUpdated(current: Stored, next: Stored): Stored {
  const { status: _ignored, ...rest } = current;
  return { ...rest, ...withMember("status", next["status"]) };
}

/** The object marked for deletion, waiting for its finalizers. */
export function marked(object: Stored, now: Date): Stored {
  const next = { ...object, metadata: { ...object.metadata, deletionTimestamp: kubeTime(now) } };
  return object.metadata.generation === undefined ? next : withGeneration(next);
}

export function isUnchanged(current: Stored, next: Stored): boolean {
  return isDeepStrictEqual(defined(current), defined(next));
}

export function notFound(type: ResourceType, key: ObjectKey): KubeError {
  const id = type.group === "" ? type.plural : `${type.plural}.${type.group}`;
  return new KubeError("NotFound", `${id} "${key.name}" not found`, { status: 404 });
}

export function conflict(subject: string): KubeError {
  return new KubeError("Conflict", `${subject}: the object has been modified`, { status: 409 });
}

function refuseNewFinalizers(current: Stored, next: Stored, subject: string): void {
  if (current.metadata.deletionTimestamp === undefined) return;
  const before = new Set(current.metadata.finalizers);
  if ((next.metadata.finalizers ?? []).every((finalizer) => before.has(finalizer))) return;
  throw new KubeError("Invalid", `${subject}: no new finalizers can be added if the object is being deleted`);
}

function changesContent(current: Stored, next: Stored): boolean {
  const { metadata: _before, status: _beforeStatus, ...before } = current;
  const { metadata: _after, status: _afterStatus, ...after } = next;
  return !isDeepStrictEqual(before, after);
}

function withGeneration(object: Stored): Stored {
  return { ...object, metadata: { ...object.metadata, generation: (object.metadata.generation ?? 0) + 1 } };
}

function withMember(name: string, value: unknown): Record<string, unknown> {
  return value === undefined ? {} : { [name]: value };
}

// The wire has no undefined members; neither has what was stored.
function defined(object: Stored): Stored {
  const metadata = Object.fromEntries(Object.entries(object.metadata).filter(([, value]) => value !== undefined));
  return { ...object, metadata: metadata as unknown as Stored["metadata"] };
}
