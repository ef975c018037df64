import { isDeepStrictEqual } from "node:util";
import {
  type KubeObject,
  objectKey,
  type ResourceType,
  roleBindings,
  roles,
  secrets,
  serviceAccounts,
} from "@elemental/api";
import type { Operation } from "@elemental/controller";
import { applyMergePatch, diffMergePatch } from "@elemental/kube";
import { ownershipOf } from "../ownership/ownership.ts";
import { accessObjects, sharedRules } from "./access-objects.ts";
import type { ObservedRegistration } from "./observed.ts";

/** What to do about the RBAC objects: writes, or an object that is in the way. */
export type AccessDecision = { operations: Operation[] } | { problem: string };

/** How condition messages call the failure of each object; the spelling is a contract. */
const failures = {
  role: "failed to create role",
  serviceAccount: "Failed to create service account",
  tokenSecret: "failed to create secret",
  roleBinding: "failed to create service account",
} as const;

const types: Record<keyof typeof failures, ResourceType> = {
  role: roles,
  serviceAccount: serviceAccounts,
  tokenSecret: secrets,
  roleBinding: roleBindings,
};

const kinds = ["role", "serviceAccount", "tokenSecret", "roleBinding"] as const;

/** Creates what is missing and restores what was changed, in this order; objects of others are never touched. */
export function decideAccess({ registration, access, planSecretNames }: ObservedRegistration): AccessDecision {
  const desired = accessObjects(registration, sharedRules(planSecretNames));
  const operations: Operation[] = [];
  for (const kind of kinds) {
    const observed = access[kind] && withRules(access[kind]);
    const type = types[kind];
    if (observed !== undefined && ownershipOf(observed, registration) === "foreign") {
      const { namespace, name } = objectKey(observed);
      const advice = `${observed.kind} ${namespace}/${name} exists and does not belong to this MachineRegistration`;
      return { problem: `${failures[kind]}: ${advice}; delete or rename one of them` };
    }
    if (observed === undefined) operations.push({ kind: "create", type, object: desired[kind] });
    else operations.push(...corrections(type, observed, desired[kind]));
  }
  return { operations };
}

/** The message prefix for a refused write; `error` is the API server's text, which names the collection. */
export function accessFailure(error: string): string {
  const kind = kinds.find((candidate) => error.includes(types[candidate].plural)) ?? "role";
  return failures[kind];
}

function corrections(type: ResourceType, observed: KubeObject, desired: KubeObject): Operation[] {
  const key = objectKey(desired);
  if (!sameImmutables(observed, desired)) {
    const { uid } = observed.metadata;
    return [
      { kind: "delete", type, key, ...(uid && { options: { uid } }) },
      { kind: "create", type, object: desired },
    ];
  }
  const change = diffMergePatch(observed, applyMergePatch(observed, owned(desired)) as object);
  if (change === undefined) return [];
  const metadata = { ...("metadata" in change ? (change.metadata as object) : {}) };
  const body = { ...change, metadata: { ...metadata, resourceVersion: observed.metadata.resourceVersion } };
  return [{ kind: "patch", type, key, patch: { type: "merge", body } }];
}

/** The API server tells no rules as null. */
function withRules<T extends KubeObject>(object: T): T {
  return "rules" in object && object.rules === null ? { ...object, rules: [] } : object;
}

/** What a Secret or RoleBinding must be created anew for. */
function sameImmutables(observed: KubeObject, desired: KubeObject): boolean {
  return (["type", "roleRef"] as const).every((field) =>
    isDeepStrictEqual(member(observed, field), member(desired, field)),
  );
}

function member(object: object, name: string): unknown {
  return name in object ? (object as Record<string, unknown>)[name] : undefined;
}

/** The fields that are ours: everything but the identity of the object. */
function owned({ metadata, ...rest }: KubeObject): object {
  const { labels, annotations, ownerReferences } = metadata;
  return { ...rest, metadata: { labels, annotations, ownerReferences } };
}
