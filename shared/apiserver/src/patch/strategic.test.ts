import { describe, expect, test } from "vitest";
import type { Schema } from "../schema/schema.ts";
import { strategicMergePatch } from "./strategic.ts";

const named: Schema = {
  type: "array",
  "x-kubernetes-patch-strategy": "merge",
  "x-kubernetes-patch-merge-key": "name",
  items: { type: "object", properties: { name: { type: "string" }, value: { type: "string" } } },
};
const schema: Schema = {
  type: "object",
  properties: {
    named,
    texts: { type: "array", items: { type: "string" }, "x-kubernetes-patch-strategy": "merge" },
    plain: { type: "array", items: { type: "string" } },
    map: { type: "object", additionalProperties: { type: "string" } },
  },
};

const item = (name: string, value?: string) => ({ name, ...(value && { value }) });

describe("strategic merge patch", () => {
  test.each<[string, object, object, object]>([
    ["merges maps", { map: { a: "1" } }, { map: { b: "2" } }, { map: { a: "1", b: "2" } }],
    ["null removes", { map: { a: "1", b: "2" } }, { map: { a: null } }, { map: { b: "2" } }],
    ["replaces lists without strategy", { plain: ["a"] }, { plain: ["b"] }, { plain: ["b"] }],
    ["unites lists of texts", { texts: ["a"] }, { texts: ["a", "b"] }, { texts: ["a", "b"] }],
    [
      "merges items by key",
      { named: [item("a", "1"), item("b", "2")] },
      { named: [item("b", "3"), item("c")] },
      { named: [item("a", "1"), item("b", "3"), item("c")] },
    ],
    [
      "deletes items",
      { named: [item("a"), item("b")] },
      { named: [{ name: "a", $patch: "delete" }] },
      { named: [item("b")] },
    ],
    ["replaces a list", { named: [item("a")] }, { named: [{ $patch: "replace" }, item("b")] }, { named: [item("b")] }],
    ["replaces a map", { map: { a: "1" } }, { map: { $patch: "replace", b: "2" } }, { map: { b: "2" } }],
    ["empties a map", { map: { a: "1" } }, { map: { $patch: "delete" } }, { map: {} }],
    [
      "retains keys",
      { map: { a: "1", b: "2" } },
      { map: { $retainKeys: ["b", "c"], c: "3" } },
      { map: { b: "2", c: "3" } },
    ],
    ["deletes texts", { texts: ["a", "b"] }, { "$deleteFromPrimitiveList/texts": ["a"] }, { texts: ["b"] }],
    [
      "orders items, the unmentioned stay behind the one they followed",
      { named: [item("a"), item("x"), item("b")] },
      { "$setElementOrder/named": [{ name: "b" }, { name: "a" }] },
      { named: [item("b"), item("a"), item("x")] },
    ],
    ["leaves no directive behind", {}, { plain: [{ $patch: "merge", a: 1 }] }, { plain: [{ a: 1 }] }],
  ])("%s", (_what, target, patch, expected) => {
    expect(strategicMergePatch(target, patch, schema)).toEqual(expected);
  });

  test("an item without its key, and an unknown directive, are refused", () => {
    expect(() => strategicMergePatch({}, { named: [{ value: "x" }] }, schema)).toThrow(
      /does not contain declared merge key: name/,
    );
    expect(() => strategicMergePatch({}, { map: { $patch: "shuffle" } }, schema)).toThrow(
      /Unrecognized \$patch directive/,
    );
  });
});
