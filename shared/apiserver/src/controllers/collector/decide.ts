import type { OwnerReference } from "@elemental/api";
import type { OwnedNode } from "./graph.ts";

/** What became of the owner that a reference names. `unknown`: its kind is not served, so nobody can tell. */
export type OwnerState = "exists" | "awaits-dependents" | "gone" | "unknown";

export interface Observed {
  node: OwnedNode;
  isDeleting: boolean;
  owners: readonly { reference: OwnerReference; state: OwnerState }[];
  dependents: readonly OwnedNode[];
}

/** What is to be done with one object. */
export type Collection =
  | { do: "nothing" }
  /** Its dependents stop naming it; then its finalizer goes. */
  | { do: "orphan"; dependents: readonly OwnedNode[] }
  /** Nothing blocks its deletion any more. */
  | { do: "release" }
  /** Its blocking dependents have to go first. */
  | { do: "await"; dependents: readonly OwnedNode[] }
  /** It has an owner left and only stops naming the others. */
  | { do: "disown"; uids: readonly string[] }
  | { do: "delete"; policy: "Background" | "Foreground"; unblock: boolean };

/** Decides as the garbage collector of Kubernetes does. */
export function decide({ node, isDeleting, owners, dependents }: Observed): Collection {
  if (node.orphansDependents) return { do: "orphan", dependents };
  if (node.awaitsDependents) return awaitDependents(node, dependents);
  if (isDeleting || owners.length === 0) return { do: "nothing" };
  const without = (state: OwnerState) => owners.filter((owner) => owner.state === state);
  const leaving = [...without("gone"), ...without("awaits-dependents")].map(({ reference }) => reference.uid);
  if (leaving.length < owners.length) {
    const isCertain = without("unknown").length === 0;
    return isCertain && leaving.length > 0 ? { do: "disown", uids: leaving } : { do: "nothing" };
  }
  if (without("awaits-dependents").length > 0 && dependents.length > 0) {
    // A circle of objects that wait for each other would never end.
    const unblock = dependents.some((dependent) => dependent.awaitsDependents);
    return { do: "delete", policy: "Foreground", unblock };
  }
  return { do: "delete", policy: "Background", unblock: false };
}

function awaitDependents({ uid }: OwnedNode, dependents: readonly OwnedNode[]): Collection {
  const blocks = ({ owners }: OwnedNode) => owners.some((owner) => owner.uid === uid && owner.blockOwnerDeletion);
  const blocking = dependents.filter(blocks);
  if (blocking.length === 0) return { do: "release" };
  return { do: "await", dependents: blocking.filter((dependent) => !dependent.awaitsDependents) };
}
