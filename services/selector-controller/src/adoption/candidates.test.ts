import { parseLabelSelector } from "@elemental/api";
import { expect, test } from "vitest";
import { condition, inventory, ownedBy } from "../testing/objects.ts";
import { candidates, isFree } from "./candidates.ts";

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
  ["a paused one", inventory("m", { metadata: { annotations: { "cluster.x-k8s.io/paused": "" } } }), false],
])("%s is free: %j", (_case, object, expected) => {
  expect(isFree(object)).toBe(expected);
});

test("ready inventories come first, then the oldest, then by name", () => {
  const at = (name: string, creationTimestamp: string, ready = false) => {
    const status = { conditions: [condition("Ready", ready ? "True" : "False")] };
    return inventory(name, { metadata: { creationTimestamp, labels: { site: "a" } }, status });
  };
  const free = [
    at("new", "2026-01-03T00:00:00Z"),
    at("old-b", "2026-01-01T00:00:00Z"),
    at("old-a", "2026-01-01T00:00:00Z"),
    at("ready", "2026-01-04T00:00:00Z", true),
    inventory("elsewhere", { metadata: { labels: { site: "b" } } }),
  ];
  const names = candidates(free, parseLabelSelector("site=a")).map(({ metadata }) => metadata.name);
  expect(names).toEqual(["ready", "old-a", "old-b", "new"]);
});
