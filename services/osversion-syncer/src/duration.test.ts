import { expect, test } from "vitest";
import { parseDuration } from "./duration.ts";

test.each([
  ["1h", 3_600_000],
  ["1h30m", 5_400_000],
  ["1.5h", 5_400_000],
  [".5s", 500],
  ["+2m", 120_000],
  ["-5m", -300_000],
  ["100ms", 100],
  ["5µs", 0.005],
  ["0", 0],
])("%s is %d ms", (text, expected) => {
  expect(parseDuration(text)).toBeCloseTo(expected);
});

test.each(["", "1", "1x", "h", "1 h", "1h ", "1h30", "."])("%j is no duration", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});
