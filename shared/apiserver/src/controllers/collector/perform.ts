import type { KubeObject } from "@elemental/api";
import { isRefused, mutate } from "../../client/mutate.ts";
import type { Loopback } from "../../loopback.ts";
import type { Collection } from "./decide.ts";
import { foregroundFinalizer, type OwnedNode, orphanFinalizer } from "./graph.ts";

/** Carries out what was decided for `node`; an object that changed meanwhile is left for its next turn. */
export async function perform(loopback: Loopback, node: OwnedNode, decision: Collection): Promise<void> {
  switch (decision.do) {
    case "orphan":
      for (const dependent of decision.dependents) await disown(loopback, dependent, [node.uid]);
      return dropFinalizer(loopback, node, orphanFinalizer);
    case "release":
      return dropFinalizer(loopback, node, foregroundFinalizer);
    case "disown":
      return disown(loopback, node, decision.uids);
    case "delete":
      if (decision.unblock) await unblock(loopback, node);
      return remove(loopback, node, decision.policy);
    default:
      return undefined;
  }
}

function disown(loopback: Loopback, node: OwnedNode, uids: readonly string[]): Promise<void> {
  return changeMetadata(loopback, node, ({ ownerReferences = [] }) => {
    const kept = ownerReferences.filter(({ uid }) => !uids.includes(uid));
    return kept.length === ownerReferences.length ? undefined : { ownerReferences: kept };
  });
}

function unblock(loopback: Loopback, node: OwnedNode): Promise<void> {
  return changeMetadata(loopback, node, ({ ownerReferences = [] }) => {
    if (!ownerReferences.some(({ blockOwnerDeletion }) => blockOwnerDeletion)) return undefined;
    return { ownerReferences: ownerReferences.map((owner) => ({ ...owner, blockOwnerDeletion: false })) };
  });
}

function dropFinalizer(loopback: Loopback, node: OwnedNode, finalizer: string): Promise<void> {
  return changeMetadata(loopback, node, ({ finalizers = [] }) =>
    finalizers.includes(finalizer) ? { finalizers: finalizers.filter((name) => name !== finalizer) } : undefined,
  );
}

async function changeMetadata(
  loopback: Loopback,
  { resource, namespace, name, uid }: OwnedNode,
  change: (metadata: KubeObject["metadata"]) => Partial<KubeObject["metadata"]> | undefined,
): Promise<void> {
  await mutate<KubeObject>(loopback, {
    resource,
    key: { namespace, name },
    uid,
    change: (object) => {
      const changes = change(object.metadata);
      return changes && { ...object, metadata: { ...object.metadata, ...changes } };
    },
  });
}

async function remove(
  loopback: Loopback,
  { resource, namespace, name, uid }: OwnedNode,
  policy: "Background" | "Foreground",
): Promise<void> {
  // Background is what the API does without a policy; a policy that the object itself carries then stays.
  const options = policy === "Foreground" ? { uid, propagationPolicy: policy } : { uid };
  try {
    await loopback.delete(resource, { namespace, name }, options);
  } catch (error) {
    if (!isRefused(error, "NotFound", "Conflict")) throw error;
  }
}
