import { expect, test } from "vitest";
import { condition, inventory, ownedBy } from "../testing/objects.ts";
import { isFree } from "./candidates.ts";

test.each([
  ["a registered machine", inventory("m"), true],
  [
    "C-057 one that is being deleted",
    inventory("m", { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } }),
    false,
  ],
  ["C-057 one owned by another selector", inventory("m", { metadata: { ownerReferences: [ownedBy("s")] } }), false],
  [
    "one that something else controls",
    inventory("m", { metadata: { ownerReferences: [{ ...ownedBy("x"), apiVersion: "v1", kind: "ConfigMap" }] } }),
    false,
  ],
  [
    "one with an owner that does not control it",
    inventory("m", {
      metadata: { ownerReferences: [{ ...ownedBy("x"), apiVersion: "v1", kind: "ConfigMap", controller: false }] },
    }),
    true,
  ],
  ["one without plan Secret", inventory("m", { status: {} }), false],
  ["one that waits for approval", inventory("m", { spec: { approval: "Manual" } }), false],
  [
    "one that was approved",
    inventory("m", {
      spec: { approval: "Manual" },
      metadata: { annotations: { "elemental.cattle.io/approved": "true" } },
    }),
    true,
  ],
  [
    "one that is denied",
    inventory("m", {
      status: {
        plan: { secretRef: { name: "m" } },
        conditions: [condition("Approved", "False", { reason: "Denied" })],
      },
    }),
    false,
  ],
  ["a paused one", inventory("m", { metadata: { annotations: { "cluster.x-k8s.io/paused": "" } } }), false],
])("%s is free: %j", (_case, object, expected) => {
  expect(isFree(object)).toBe(expected);
});
