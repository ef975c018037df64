import { describe, expect, test } from "vitest";
import { bundleName, safeConcatName, upgraderName } from "./names.ts";

describe("names", () => {
  test.each([
    { name: "short", bundle: "mos-short", upgrader: "os-upgrader-short" },
    { name: "a".repeat(60), bundle: `mos-${"a".repeat(53)}-cd202`, upgrader: `os-upgrader-${"a".repeat(45)}-e511e` },
    { name: "test.name", bundle: "mos-test.name", upgrader: "os-upgrader-test-name" },
    { name: "a..b", bundle: "mos-a..b", upgrader: "os-upgrader-a-b" },
  ])("C-116 of the image $name", ({ name, bundle, upgrader }) => {
    expect(bundleName(name)).toBe(bundle);
    expect(upgraderName(name)).toBe(upgrader);
  });

  test.each([
    { name: `${"x".repeat(45)}-${"y".repeat(20)}`, expected: `mos-${"x".repeat(45)}-yyyyyyy-2a4ff` },
    { name: `${"b".repeat(52)}-${"c".repeat(20)}`, expected: `mos-${"b".repeat(52)}-254d3f` },
  ])("C-116 that are cut: $expected", ({ name, expected }) => {
    expect(safeConcatName("mos", name)).toBe(expected);
  });
});
