import { expect, test } from "vitest";
import { backoffMs } from "./backoff.ts";

const backoff = { baseMs: 100, capMs: 10_000 };

test.each([
  [1, 1, 100],
  [1, 0, 50],
  [2, 1, 200],
  [5, 1, 1600],
  [8, 1, 10_000],
  [8, 0, 5000],
  [5000, 1, 10_000],
])("waits after failure %i with randomness %d for %i ms", (failures, random, expected) => {
  expect(backoffMs(failures, backoff, () => random)).toBe(expected);
});
