import fc from "fast-check";
import { expect, test } from "vitest";
import { applyMergePatch, diffMergePatch, equalJson } from "./merge-patch.ts";

// The examples of RFC 7386, appendix A.
test.each([
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [
    ["a", "b"],
    ["c", "d"],
    ["c", "d"],
  ],
  [{ a: "foo" }, null, null],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])("%j patched with %j is %j", (target, patch, result) => {
  expect(applyMergePatch(target, patch)).toEqual(result);
});

test.each([
  [{}, {}, undefined],
  [{ a: 1 }, { a: 1, b: undefined }, undefined],
  [{ a: 1, b: undefined }, { a: 1 }, undefined],
  [{ list: [{ a: 1 }] }, { list: [{ a: 1, b: undefined }] }, undefined],
  [{ a: 1 }, { b: 2 }, { a: null, b: 2 }],
  [{ seed: 9007199254740993n }, { seed: 9007199254740993n }, undefined],
  [{ seed: 9007199254740993n }, { seed: 9007199254740995n }, { seed: 9007199254740995n }],
  [{ a: { x: 1, y: 2 } }, { a: { x: 1, y: 3 } }, { a: { y: 3 } }],
  [{ a: [1] }, { a: [1, 2] }, { a: [1, 2] }],
  [{}, { a: {} }, { a: {} }],
])("the difference of %o and %o is %o", (from, to, patch) => {
  expect(diffMergePatch(from, to)).toEqual(patch);
});

test("applying the difference gives the target, and there is none to itself", () => {
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean());
  const json = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: "small" }, leaf, fc.array(leaf), tie("object")),
    object: fc.dictionary(fc.constantFrom("a", "b", "c", "d"), tie("value")),
  })).object as fc.Arbitrary<object>;
  fc.assert(
    fc.property(json, json, (from, to) => {
      expect(equalJson(applyMergePatch(from, diffMergePatch(from, to) ?? {}), to)).toBe(true);
      expect(diffMergePatch(to, structuredClone(to))).toBeUndefined();
    }),
  );
});
