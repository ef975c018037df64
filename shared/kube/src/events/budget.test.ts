import { expect, test } from "vitest";
import { EventBudget } from "./budget.ts";

test("25 at once, then one every five minutes, for each object of its own", () => {
  const budget = new EventBudget();
  const taken = (uid: string, times: number, now: number) =>
    Array.from({ length: times }, () => budget.take(uid, now)).filter(Boolean).length;
  expect(taken("a", 100, 0)).toBe(25);
  expect(taken("a", 100, 299_000)).toBe(0);
  expect(taken("a", 100, 300_000)).toBe(1);
  expect(taken("b", 100, 300_000)).toBe(25);
  expect(taken("a", 100, 1e12)).toBe(25);
});
