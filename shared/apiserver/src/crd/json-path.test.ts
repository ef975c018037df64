import { expect, test } from "vitest";
import { compileJsonPath } from "./json-path.ts";

const object = {
  metadata: { labels: { "elemental.cattle.io/InternalIP": "10.0.0.1" } },
  status: { conditions: [{ type: "Ready", status: "True" }], list: ["a", "b"] },
};

test.each([
  [".metadata.labels.elemental\\.cattle\\.io/InternalIP", ["10.0.0.1"]],
  ['.status.conditions[?(@.type=="Ready")].status', ["True"]],
  [".status.list[0]", ["a"]],
  [".status.list[*]", ["a", "b"]],
  [".status.missing", []],
])("%s", (path, expected) => {
  expect(compileJsonPath(path)?.(object)).toEqual(expected);
});

test.each([".a b", "a", ".a[", ".a..b"])("%s is no path", (path) => {
  expect(compileJsonPath(path)).toBeUndefined();
});
