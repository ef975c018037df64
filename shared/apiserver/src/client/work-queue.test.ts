import { expect, test, vi } from "vitest";
import { workQueue } from "./work-queue.ts";

function recorder(work: (key: string, turn: number) => Promise<number | undefined> = async () => undefined) {
  const turns: string[] = [];
  const errors: string[] = [];
  const queue = workQueue({
    work: (key) => work(key, turns.push(key)),
    onError: (error, key) => errors.push(`${key}: ${error}`),
    retryMs: 1,
  });
  return { queue, turns, errors };
}

test("a key added many times is worked on once", async () => {
  const { queue, turns } = recorder();
  for (const key of ["a", "b", "a", "a"]) queue.add(key);
  await vi.waitFor(() => expect(turns).toEqual(["a", "b"]));
  await queue.stop();
});

test("a key added while it is worked on is worked on once more, never at the same time", async () => {
  let active = 0;
  const { queue, turns } = recorder(async (key, turn) => {
    expect(++active).toBe(1);
    if (turn === 1) for (let i = 0; i < 3; i++) queue.add(key);
    await new Promise(setImmediate);
    active -= 1;
    return undefined;
  });
  queue.add("a");
  await vi.waitFor(() => expect(turns).toEqual(["a", "a"]));
  await queue.stop();
});

test("a failure is retried, and reported from the second one on", async () => {
  const { queue, turns, errors } = recorder(async (_key, turn) => {
    if (turn < 4) throw new Error(`turn ${turn}`);
    return undefined;
  });
  queue.add("a");
  await vi.waitFor(() => expect(turns).toHaveLength(4));
  expect(errors).toEqual(["a: Error: turn 2", "a: Error: turn 3"]);
  await queue.stop();
});

test("a key can ask to be looked at again", async () => {
  const { queue, turns } = recorder(async (_key, turn) => (turn < 3 ? 1 : undefined));
  queue.add("a");
  await vi.waitFor(() => expect(turns).toHaveLength(3));
  await queue.stop();
});

test("stopping waits for the key under way and starts no other", async () => {
  let finish = () => {};
  const { queue, turns } = recorder(() => new Promise((resolve) => (finish = () => resolve(undefined))));
  queue.add("a");
  queue.add("b");
  await vi.waitFor(() => expect(turns).toEqual(["a"]));
  const stopped = queue.stop();
  finish();
  await stopped;
  queue.add("c");
  expect(turns).toEqual(["a"]);
});
