import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../testing/base-iso.ts";
import { withLock } from "./lock.ts";

const times = { heartbeatMs: 20, staleMs: 10_000, pollMs: 2 };

test("one works at a time, and the lock goes with the work", async () => {
  await using directory = await temporaryDirectory();
  const lock = join(directory.path, "lock");
  let working = 0;
  let most = 0;
  const work = async () => {
    working += 1;
    most = Math.max(most, working);
    await readdir(directory.path);
    working -= 1;
  };
  await Promise.all(Array.from({ length: 10 }, () => withLock(lock, work, times)));
  expect(most).toBe(1);
  expect(await readdir(directory.path)).toEqual([]);
});

test("a failing work gives the lock back", async () => {
  await using directory = await temporaryDirectory();
  const lock = join(directory.path, "lock");
  await expect(withLock(lock, () => Promise.reject(new Error("told to fail")), times)).rejects.toThrow("told to fail");
  expect(await withLock(lock, async () => "done", times)).toBe("done");
});

test("a lock whose holder died is taken over", async () => {
  await using directory = await temporaryDirectory();
  const lock = join(directory.path, "lock");
  await writeFile(lock, "somebody");
  await utimes(lock, 0, 0);
  expect(await withLock(lock, async () => "done", times)).toBe("done");
});

test("a directory that cannot be written is an error, not a wait", async () => {
  await using directory = await temporaryDirectory();
  await mkdir(join(directory.path, "there"));
  await expect(withLock(join(directory.path, "missing", "lock"), async () => "done", times)).rejects.toThrow("ENOENT");
});
