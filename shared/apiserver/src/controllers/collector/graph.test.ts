import { expect, test } from "vitest";
import { nodeOf, OwnerGraph } from "./graph.ts";

const resource = { group: "", version: "v1", resource: "configmaps", kind: "ConfigMap", namespaced: true };

function node(uid: string, owners: string[] = [], metadata: object = {}) {
  const ownerReferences = owners.map((owner) => ({ apiVersion: "v1", kind: "ConfigMap", name: owner, uid: owner }));
  return nodeOf(resource, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: uid, namespace: "n", uid, ownerReferences, ...metadata },
  });
}

const foreground = { deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: ["foregroundDeletion"] };
const names = (graph: OwnerGraph, uid: string) => graph.dependents(uid).map((dependent) => dependent.uid);

test("an object is looked at when it appears and when its owners change, not otherwise", () => {
  const graph = new OwnerGraph();
  expect(graph.put(node("a", ["o"]))).toEqual(["a"]);
  expect(graph.put(node("a", ["o"]))).toEqual([]);
  expect(graph.put(node("a", ["o", "p"]))).toEqual(["a"]);
  expect(names(graph, "p")).toEqual(["a"]);
});

test("dependents are known before their owner is", () => {
  const graph = new OwnerGraph();
  graph.put(node("a", ["o"]));
  graph.put(node("o"));
  expect(graph.remove("o")).toEqual(["a"]);
});

test("an owner that waits is looked at when a dependent goes or lets it go", () => {
  const graph = new OwnerGraph();
  graph.put(node("a", ["o"]));
  graph.put(node("b", ["o"]));
  expect(graph.put(node("o", [], foreground))).toEqual(["o", "a", "b"]);
  expect(graph.remove("a")).toEqual(["o"]);
  expect(graph.put(node("b"))).toEqual(["b", "o"]);
  expect(names(graph, "o")).toEqual([]);
});

test("the objects of a collection that is no longer served are gone", () => {
  const graph = new OwnerGraph();
  graph.put(node("o"));
  graph.put(node("a", ["o"]));
  graph.removeCollection("", "configmaps");
  expect(graph.get("o")).toBeUndefined();
  expect(names(graph, "o")).toEqual([]);
});
