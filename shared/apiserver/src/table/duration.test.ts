import { expect, test } from "vitest";
import { ageOf, humanDuration } from "./duration.ts";

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
  [-5, "<invalid>"],
  [-1, "0s"],
  [0, "0s"],
  [119, "119s"],
  [120, "2m"],
  [3 * minute + 12, "3m12s"],
  [10 * minute, "10m"],
  [179 * minute, "179m"],
  [3 * hour, "3h"],
  [5 * hour + 30 * minute, "5h30m"],
  [8 * hour + 30 * minute, "8h"],
  [47 * hour, "47h"],
  [2 * day, "2d"],
  [3 * day + 4 * hour, "3d4h"],
  [8 * day + 4 * hour, "8d"],
  [729 * day, "729d"],
  [730 * day, "2y"],
  [3 * 365 * day + 5 * day, "3y5d"],
  [9 * 365 * day + 5 * day, "9y"],
])("%d s -> %s", (seconds, text) => {
  expect(humanDuration(seconds * 1000)).toBe(text);
});

test("ages count from a time; no time is unknown", () => {
  expect(ageOf("2026-01-01T00:00:00Z", Date.parse("2026-01-01T00:01:30Z"))).toBe("90s");
  expect([ageOf(undefined, 0), ageOf("soon", 0)]).toEqual(["<unknown>", "<unknown>"]);
});
