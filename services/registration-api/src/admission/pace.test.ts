import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Pace } from "./pace.ts";

/** A pace with a clock of its own; `serve` lets `count` machines in and works `ms` for each. */
function scene(most = 2000) {
  let now = 0;
  const pace = new Pace(most, () => now);
  const serve = async (count: number, ms: number) => {
    const ends = Array.from({ length: count }, () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      return { done: pace.enter().work(() => promise), resolve };
    });
    now += ms;
    for (const { resolve } of ends) resolve();
    await Promise.all(ends.map(({ done }) => done));
  };
  return { pace, serve, pass: (ms: number) => (now += ms) };
}

test("more at once while work is quick, up to the bound", async () => {
  const { pace, serve } = scene(300);
  expect(pace.limit).toBe(100);
  await serve(100, 200);
  expect(pace.limit).toBeGreaterThan(130);
  for (let i = 0; i < 10; i++) await serve(300, 200);
  expect(pace.limit).toBe(300);
});

test("fewer when work becomes slow, once for all that were slow together, and never none", async () => {
  const { pace, serve } = scene();
  await serve(100, 4000);
  expect(pace.limit).toBe(70);
  for (let i = 0; i < 20; i++) await serve(10, 4000);
  expect(pace.limit).toBe(16);
});

test("few machines at once do not raise the limit, and work of middling length leaves it", async () => {
  const { pace, serve } = scene();
  for (let i = 0; i < 100; i++) await serve(3, 10);
  await serve(100, 2000);
  expect(pace.limit).toBe(100);
});

test("a place is taken until work ends or the machine leaves, and given back once", async () => {
  const { pace } = scene(1);
  const visit = pace.enter();
  expect(pace.full).toBe(true);
  await expect(visit.work(() => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  expect(pace.full).toBe(false);
  visit.leave();
  pace.enter().leave();
  expect(pace.full).toBe(false);
  pace.enter();
  expect(pace.full).toBe(true);
});

describe("a machine that says nothing for 2 s", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("gives its place to another", () => {
    const { pace, pass } = scene(1);
    pace.enter();
    pass(2000);
    vi.advanceTimersByTime(2000);
    expect(pace.full).toBe(false);
  });

  test("keeps it while it is we who are slow, and its whole visit counts", async () => {
    const { pace, pass } = scene();
    const visits = Array.from({ length: 100 }, () => pace.enter());
    pass(2500);
    vi.advanceTimersByTime(2000);
    expect(pace.full).toBe(true);
    pass(1000);
    await visits[0]?.work(async () => {});
    expect(pace.limit).toBe(70);
    for (const visit of visits) visit.leave();
    expect(pace.full).toBe(false);
  });

  test("and leaves while we are slow has waited in vain", () => {
    const { pace, pass } = scene();
    const visit = pace.enter();
    pass(2500);
    vi.advanceTimersByTime(2000);
    pass(7500);
    visit.leave();
    visit.leave();
    expect(pace.limit).toBe(70);
  });
});

test("turns are spread as fast as machines were served, and not further than two minutes", async () => {
  const { pace, serve, pass } = scene();
  for (let i = 0; i < 5; i++) await serve(100, 1000);
  const turns = Array.from({ length: 300 }, () => pace.nextTurnSeconds());
  expect(turns).toEqual(turns.toSorted((left, right) => left - right));
  expect(turns[0]).toBe(2);
  // About 75 per second, as those who come first and leave last were alone for a while.
  expect(turns.at(-1)).toBeGreaterThanOrEqual(4);
  expect(turns.at(-1)).toBeLessThanOrEqual(7);
  const late = Array.from({ length: 20_000 }, () => pace.nextTurnSeconds());
  expect(Math.max(...late)).toBe(120);
  expect(new Set(late.slice(-1000)).size).toBeGreaterThan(20);
  pass(240_000);
  expect(pace.nextTurnSeconds()).toBe(2);
});
