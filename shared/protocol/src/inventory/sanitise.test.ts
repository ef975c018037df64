import { expect, test } from "vitest";
import facts from "../../../../test/facts/text-vectors.json" with { type: "json" };
import { isQualifiedName } from "./keys.ts";
import { sanitiseLabelValue, sanitiseName } from "./sanitise.ts";

const trimmed = (text: string) => text.replace(/[^A-Za-z0-9]+$/, "");

test.each(facts.sanitise)("REG-76 $in", ({ in: input, label, machineName }) => {
  // H23: what the cut leaves at the end is trimmed again.
  expect(sanitiseLabelValue(input)).toBe(trimmed(label));
  expect(sanitiseName(input)).toBe(trimmed(machineName));
});

test.each([
  ["a..b", "a.b"],
  ["a-.b", "a.b"],
  ["a.-b", "a.b"],
  ["a_._.b", "a.b"],
  ["é.é", ""],
])("H23 the name of %j is a subdomain", (input, name) => {
  expect(sanitiseName(input)).toBe(name);
});

test("long runs of rejected characters take no quadratic time", () => {
  expect(sanitiseLabelValue(`${"_".repeat(200_000)}a${"_".repeat(200_000)}`)).toBe("a");
});

test.each([
  ["elemental.cattle.io/k", true],
  ["k", true],
  ["x.io/os.name", true],
  ["x.io//k", false],
  ["/k", false],
  ["k/", false],
  ["", false],
  ["a&amp;b", false],
  ["-k", false],
  ["X.io/k", false],
  [`x.io/${"k".repeat(64)}`, false],
])("a key %j is valid: %s", (key, valid) => {
  expect(isQualifiedName(key)).toBe(valid);
});
