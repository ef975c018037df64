import { expect, test } from "vitest";
import { testsHold } from "./precondition.ts";

const object = { metadata: { resourceVersion: "7", annotations: { "a/b": "c", "d~e": "f" } }, items: ["x", { y: 1 }] };

test.each([
  ["/metadata/resourceVersion", "7", true],
  ["/metadata/resourceVersion", "8", false],
  ["/metadata/annotations/a~1b", "c", true],
  ["/metadata/annotations/d~0e", "f", true],
  ["/items/1", { y: 1 }, true],
  ["/items/2", "x", false],
  ["/metadata/absent/deep", "x", false],
  ["/metadata/toString", undefined, true],
])("a test of %s for %j holds: %j", (path, value, expected) => {
  expect(testsHold({ type: "json", body: [{ op: "test", path, value }] }, object)).toBe(expected);
});
