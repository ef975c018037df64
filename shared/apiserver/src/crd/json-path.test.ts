import { expect, test } from "vitest";
import { compileJsonPath } from "./json-path.ts";

const object = {
  spec: { size: 3, list: [{ n: 1 }, { n: 2 }, { n: 3 }], "dotted.name": "x" },
  status: {
    conditions: [
      { type: "Ready", status: "True" },
      { type: "Other", status: "False" },
    ],
  },
};

test.each([
  [".spec.size", [3]],
  ["{.spec.size}", [3]],
  [".spec.list[1].n", [2]],
  [".spec.list[-1].n", [3]],
  [".spec.list[*].n", [1, 2, 3]],
  ['.status.conditions[?(@.type=="Ready")].status', ["True"]],
  [".status.conditions[?(@.type=='Other')].status", ["False"]],
  [".spec['dotted.name']", ["x"]],
  [".spec.dotted\\.name", ["x"]],
  [".spec.absent.more", []],
  [".spec.constructor", []],
])("%s", (path, found) => {
  expect(compileJsonPath(path)?.(object)).toEqual(found);
});

test.each(["spec", ".a[", "..a", ".a[?(@.b)]"])("%s is refused", (path) => {
  expect(compileJsonPath(path)).toBeUndefined();
});
