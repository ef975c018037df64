import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { encodeYaml, type YamlNode } from "./encode.ts";

const one = (value: YamlNode) => encodeYaml(new Map([["k", value]]));

describe("YAML scalars", () => {
  test.each<[YamlNode, string]>([
    ["plain text", "k: plain text\n"],
    ["https://example.com/a", "k: https://example.com/a\n"],
    ["oci:registry/os:1", "k: oci:registry/os:1\n"],
    ["", 'k: ""\n'],
    ["yes", 'k: "yes"\n'],
    ["No", 'k: "No"\n'],
    ["true", 'k: "true"\n'],
    ["null", 'k: "null"\n'],
    ["1", 'k: "1"\n'],
    ["0x1F", 'k: "0x1F"\n'],
    ["1e3", 'k: "1e3"\n'],
    ["12:30:45", 'k: "12:30:45"\n'],
    ["2001-01-01", 'k: "2001-01-01"\n'],
    ["-x", "k: -x\n"],
    ["- x", "k: '- x'\n"],
    ["a: b", "k: 'a: b'\n"],
    ["a #b", "k: 'a #b'\n"],
    ["it's: x", "k: 'it''s: x'\n"],
    ["@x", "k: '@x'\n"],
    ["tab\there", 'k: "tab\\there"\n'],
    ["bell\u0007", 'k: "bell\\u0007"\n'],
    ["a\nb", "k: |-\n    a\n    b\n"],
    ["a\nb\n", "k: |\n    a\n    b\n"],
    ["a\n\n", "k: |+\n    a\n\n"],
    ["  a\nb", "k: |4-\n      a\n    b\n"],
    ["a \nb", 'k: "a \\nb"\n'],
    [-7178405686718862507n, "k: -7178405686718862507\n"],
    [true, "k: true\n"],
    [null, "k: null\n"],
    [[], "k: []\n"],
    [new Map(), "k: {}\n"],
    [[1, 2], "k:\n    - 1\n    - 2\n"],
    [
      [
        new Map<string, YamlNode>([
          ["a", 1],
          ["b", ["c"]],
        ]),
      ],
      "k:\n    - a: 1\n      b:\n        - c\n",
    ],
  ])("%o is written as %j", (value, yaml) => {
    expect(one(value)).toBe(yaml);
  });
});

const scalar = fc.oneof(
  fc.string({ unit: "grapheme" }).map((s) => s.toWellFormed()),
  fc.string({ unit: fc.constantFrom(..." \n\t:#-'\"{}[]&*!|>%@`?,ab10.~yn\u0085\u2028\ufeff😀") }),
  fc.constantFrom("y", "NO", "~", "=", "<<", "0o7", "+.inf", ".5", "1_000", "---", "...", "\n", " \n"),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.boolean(),
  fc.constant(null),
);
const { node } = fc.letrec<{ node: YamlNode; map: YamlNode }>((tie) => ({
  node: fc.oneof({ depthSize: "small" }, scalar, fc.array(tie("node"), { maxLength: 3 }), tie("map")),
  map: fc
    .array(fc.tuple(fc.string({ unit: "grapheme", maxLength: 200 }), tie("node")), { maxLength: 3 })
    .map((e) => new Map(e)),
}));

describe("any document", () => {
  test.each(["1.1", "1.2"] as const)("reads back the same as YAML %s", (version) => {
    fc.assert(
      fc.property(node, (value) => {
        const document = parseDocument(one(value), { version, intAsBigInt: true, uniqueKeys: true });
        expect(document.errors).toEqual([]);
        expect(document.toJS({ mapAsMap: true }).get("k")).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });
});
