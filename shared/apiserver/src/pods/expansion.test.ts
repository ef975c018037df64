import { expect, test } from "vitest";
import { expand } from "./expansion.ts";

const variables = new Map([
  ["A", "1"],
  ["EMPTY", ""],
  ["REF", "$(A)"],
]);

test.each([
  ["$(A)", "1"],
  ["a$(A)b$(A)c", "a1b1c"],
  ["[$(EMPTY)]", "[]"],
  ["$(REF)", "$(A)"],
  ["$(UNKNOWN)", "$(UNKNOWN)"],
  ["$$(A)", "$(A)"],
  ["$$$(A)", "$1"],
  ["$$$$(A)", "$$(A)"],
  ["$A $", "$A $"],
  ["$(A", "$(A"],
  ["$()", "$()"],
])("%s -> %s", (text, expected) => {
  expect(expand(text, variables)).toBe(expected);
});
