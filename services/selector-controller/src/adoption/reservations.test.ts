import { expect, test } from "vitest";
import { Reservations } from "./reservations.ts";

test("an inventory is held by one selector at a time, and a selector holds one inventory", () => {
  let now = 0;
  const reservations = new Reservations(() => now);
  expect(reservations.take("m1", "a")).toBe(true);
  expect(reservations.take("m1", "a")).toBe(true);
  expect(reservations.take("m1", "b")).toBe(false);
  expect(reservations.take("m2", "a")).toBe(true);
  expect(reservations.take("m1", "b")).toBe(true);
  now = 3_000;
  expect(reservations.take("m2", "c")).toBe(true);
});
