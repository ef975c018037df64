import { describe, expect, test } from "vitest";
import type { Schema } from "../schema/schema.ts";
import { compare } from "./compare.ts";
import { decodeFields, encodeFields } from "./field-set.ts";
import { fieldsOf } from "./fields-of.ts";
import { mergeApplied } from "./merge.ts";
import { describePath } from "./path-element.ts";
import { removeFields } from "./remove.ts";

const keyed: Schema = {
  type: "array",
  "x-kubernetes-list-type": "map",
  "x-kubernetes-list-map-keys": ["port", "protocol"],
  items: {
    type: "object",
    properties: { port: { type: "integer" }, protocol: { type: "string", default: "TCP" }, name: { type: "string" } },
  },
};
const schema: Schema = {
  type: "object",
  properties: {
    ports: keyed,
    tags: { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
    list: { type: "array", items: { type: "string" } },
    map: { type: "object", additionalProperties: { type: "string" } },
    whole: { type: "object", "x-kubernetes-map-type": "atomic", properties: { a: { type: "string" } } },
    part: { type: "object", properties: { a: { type: "string" }, b: { type: "string" } } },
  },
};

describe("what an applied object owns", () => {
  test.each([
    [{ list: ["a"] }, { "f:list": {} }],
    [{ tags: ["a"] }, { "f:tags": { 'v:"a"': {} } }],
    [{ map: { k: "v" } }, { "f:map": { "f:k": {} } }],
    [{ map: {} }, { "f:map": {} }],
    [{ whole: { a: "x" } }, { "f:whole": {} }],
    [{ part: { a: "x" } }, { "f:part": { "f:a": {} } }],
    [
      { ports: [{ port: 1, name: "x" }] },
      { "f:ports": { 'k:{"port":1,"protocol":"TCP"}': { ".": {}, "f:name": {}, "f:port": {} } } },
    ],
  ])("%j", (value, fields) => {
    const set = fieldsOf(value, schema);
    expect(encodeFields(set)).toEqual(fields);
    expect(decodeFields(fields).equals(set)).toBe(true);
  });
});

describe("merging", () => {
  const port = (number: number, name?: string) => ({ port: number, ...(name && { name }) });
  test.each([
    ["a new item goes to the end", [port(1)], [port(2)], [1, 2]],
    ["applied items come in their order", [port(1), port(2)], [port(2), port(1)], [2, 1]],
    ["others stay where they are", [port(9), port(1), port(2)], [port(2), port(1)], [9, 2, 1]],
  ])("lists: %s", (_what, live, applied, order) => {
    const merged = mergeApplied({ ports: live }, { ports: applied }, schema) as { ports: { port: number }[] };
    expect(merged.ports.map((item) => item.port)).toEqual(order);
  });

  test("items are merged by key, whatever they leave out of it; the rest is replaced or merged", () => {
    const live = { ports: [{ port: 1, protocol: "TCP", name: "x" }], list: ["a"], map: { k: "v" }, whole: { a: "1" } };
    const applied = { ports: [{ port: 1 }], list: ["b"], map: { l: "w" }, whole: {} };
    expect(mergeApplied(live, applied, schema)).toEqual({
      ports: [{ port: 1, protocol: "TCP", name: "x" }],
      list: ["b"],
      map: { k: "v", l: "w" },
      whole: {},
    });
  });
});

describe("comparing", () => {
  test("says what came, changed and went", () => {
    const { added, modified, removed } = compare(
      { map: { k: "1", gone: "x" }, list: ["a"], tags: ["a"] },
      { map: { k: "2" }, list: ["b"], tags: ["a", "b"], part: { a: "x" } },
      schema,
    );
    expect(encodeFields(added)).toEqual({ "f:part": { ".": {}, "f:a": {} }, "f:tags": { 'v:"b"': {} } });
    expect(encodeFields(modified)).toEqual({ "f:list": {}, "f:map": { "f:k": {} } });
    expect(encodeFields(removed)).toEqual({ "f:map": { "f:gone": {} } });
  });
});

test("removing takes fields and items with what is below them", () => {
  const value = { ports: [{ port: 1 }, { port: 2 }], map: { k: "v", l: "w" }, tags: ["a", "b"] };
  const set = decodeFields({
    "f:ports": { 'k:{"port":1,"protocol":"TCP"}': {} },
    "f:map": { "f:k": {} },
    "f:tags": { 'v:"b"': {} },
  });
  expect(removeFields(value, set, schema)).toEqual({ ports: [{ port: 2 }], map: { l: "w" }, tags: ["a"] });
});

test("paths are told as people write them", () => {
  expect(describePath(["f:spec", 'k:{"key":"x","n":1}', "f:value"])).toBe('.spec[key="x",n=1].value');
  expect(describePath(["f:tags", 'v:"a"'])).toBe('.tags[="a"]');
});
