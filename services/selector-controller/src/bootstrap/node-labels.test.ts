import { expect, test } from "vitest";
import { nodeLabels } from "./node-labels.ts";

test("labels are sorted by key", () => {
  expect(nodeLabels({ b: "2", a: "1", "c.d/e": "" })).toEqual(["a=1", "b=2", "c.d/e="]);
});

test.each([
  ["node-role.kubernetes.io/control-plane", "true"],
  ["kubernetes.io/anything", "x"],
  ["foo.k8s.io/x", "y"],
  ["a", "not valid!"],
  ["a", "x".repeat(64)],
  ["-a", "b"],
  ["a/b/c", "d"],
  ["UPPER.case/x", "y"],
])("what a kubelet would refuse is left out: %s=%s", (key, value) => {
  expect(nodeLabels({ [key]: value })).toEqual([]);
});

test.each([
  ["topology.kubernetes.io/zone", "z1"],
  ["node.kubernetes.io/instance-type", "big"],
  ["kubelet.kubernetes.io/x", "y"],
  ["kubernetes.io/arch", "amd64"],
  ["elemental.cattle.io/Hostname", "n1"],
])("what a kubelet accepts stays: %s=%s", (key, value) => {
  expect(nodeLabels({ [key]: value })).toEqual([`${key}=${value}`]);
});
