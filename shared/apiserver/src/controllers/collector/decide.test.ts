import { expect, test } from "vitest";
import { type Collection, decide, type Observed, type OwnerState } from "./decide.ts";
import type { OwnedNode } from "./graph.ts";

const resource = { group: "", version: "v1", resource: "configmaps", kind: "ConfigMap", namespaced: true };
const reference = (uid: string, blockOwnerDeletion = false) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  name: uid,
  uid,
  blockOwnerDeletion,
});

function node(uid: string, more: Partial<OwnedNode> = {}): OwnedNode {
  return {
    resource,
    namespace: "n",
    name: uid,
    uid,
    owners: [],
    awaitsDependents: false,
    orphansDependents: false,
    ...more,
  };
}

function observed(states: OwnerState[], more: Partial<Observed> = {}): Observed {
  const owners = states.map((state, i) => ({ reference: reference(`owner-${i}`), state }));
  return { node: node("x"), isDeleting: false, owners, dependents: [], ...more };
}

const blocking = node("blocking", { owners: [reference("x", true)] });
const harmless = node("harmless", { owners: [reference("x")] });
const waiting = node("waiting", { owners: [reference("x", true)], awaitsDependents: true });

test.each<[string, Observed, Collection]>([
  ["no owner at all", observed([]), { do: "nothing" }],
  ["an owner that exists", observed(["exists"]), { do: "nothing" }],
  ["the only owner is gone", observed(["gone"]), { do: "delete", policy: "Background", unblock: false }],
  ["all owners are gone", observed(["gone", "gone"]), { do: "delete", policy: "Background", unblock: false }],
  ["one of two owners is gone", observed(["exists", "gone"]), { do: "disown", uids: ["owner-1"] }],
  ["an owner of unknown kind", observed(["unknown"]), { do: "nothing" }],
  ["one owner gone, one unknown", observed(["gone", "unknown"]), { do: "nothing" }],
  ["an owner waits for it", observed(["awaits-dependents"]), { do: "delete", policy: "Background", unblock: false }],
  [
    "an owner waits for it and it has dependents of its own",
    observed(["awaits-dependents"], { dependents: [harmless] }),
    { do: "delete", policy: "Foreground", unblock: false },
  ],
  [
    "an owner waits for it in a circle",
    observed(["awaits-dependents"], { dependents: [waiting] }),
    { do: "delete", policy: "Foreground", unblock: true },
  ],
  ["one owner waits, another exists", observed(["awaits-dependents", "exists"]), { do: "disown", uids: ["owner-0"] }],
  ["it is being deleted anyway", observed(["gone"], { isDeleting: true }), { do: "nothing" }],
  [
    "it is deleted in the foreground without blocking dependents",
    observed([], { node: node("x", { awaitsDependents: true }), isDeleting: true, dependents: [harmless] }),
    { do: "release" },
  ],
  [
    "it is deleted in the foreground with blocking dependents",
    observed([], {
      node: node("x", { awaitsDependents: true }),
      isDeleting: true,
      dependents: [blocking, harmless, waiting],
    }),
    { do: "await", dependents: [blocking] },
  ],
  [
    "it is deleted and leaves its dependents",
    observed([], { node: node("x", { orphansDependents: true }), isDeleting: true, dependents: [harmless] }),
    { do: "orphan", dependents: [harmless] },
  ],
])("%s", (_what, state, expected) => {
  expect(decide(state)).toEqual(expected);
});
