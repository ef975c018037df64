import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ContainerLog } from "../logs/container-log.ts";
import { processLedger } from "./ledger.ts";
import { startProcess } from "./process.ts";

const env = { PATH: "/usr/bin:/bin" };
let directory: string;
let log: ContainerLog;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "process-"));
  log = new ContainerLog(join(directory, "0.log"), 1 << 20);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const shell = (script: string) => startProcess({ argv: ["sh", "-c", script], env, cwd: directory }, log);
const logged = () => readFileSync(log.path, "utf8");

/** Waits until the log contains `text`. */
async function printed(text: string): Promise<void> {
  while (!logged().includes(text)) await log.changedSince(log.version);
}

function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
}

test.each([
  ["exit 0", { exitCode: 0 }],
  ["exit 7", { exitCode: 7 }],
  ["kill -9 $$", { exitCode: 137, signal: 9 }],
  ["kill -15 $$", { exitCode: 143, signal: 15 }],
])("%s is reported as %o", async (script, expected) => {
  const { exited } = await shell(script);
  expect(await exited).toEqual(expected);
});

test("output of both streams is in the log when the exit is reported", async () => {
  const { exited } = await shell("echo out; echo err >&2; printf tail");
  await exited;
  expect(logged()).toMatch(/ stdout F out\n/);
  expect(logged()).toMatch(/ stderr F err\n/);
  expect(logged()).toMatch(/ stdout P tail\n/);
  expect(log.ended).toBe(true);
});

test("a program that does not exist rejects", async () => {
  await expect(startProcess({ argv: ["no-such-program"], env, cwd: directory }, log)).rejects.toThrow(/ENOENT/);
});

test("the environment is exactly the given one", async () => {
  const { exited } = await startProcess({ argv: ["/usr/bin/env"], env: { ONLY: "this" }, cwd: directory }, log);
  await exited;
  expect(logged().trim()).toMatch(/ stdout F ONLY=this$/);
});

test("terminating asks first", async () => {
  const running = await shell('trap "echo asked; exit 3" TERM; echo ready; while :; do sleep 0.05; done');
  await printed("ready");
  running.terminate(30_000);
  expect(await running.exited).toEqual({ exitCode: 3 });
  expect(logged()).toContain("asked");
});

test("what ignores SIGTERM is killed after the grace period, which can be shortened", async () => {
  const running = await shell('trap "" TERM; echo ready; while :; do sleep 0.05; done');
  await printed("ready");
  running.terminate(600_000);
  running.terminate(10);
  expect(await running.exited).toEqual({ exitCode: 137, signal: 9 });
});

test("children in the background do not outlive their container", async () => {
  const running = await shell("sleep 600 & echo child $!; exit 0");
  await running.exited;
  const child = Number(/child (\d+)/.exec(logged())?.[1]);
  expect(child).toBeGreaterThan(1);
  await vi.waitFor(() => expect(isRunning(child)).toBe(false));
});

test("leftovers of a crashed runner are killed, reused process ids are not", async () => {
  const ledger = processLedger(join(directory, "ledger"));
  const running = await shell("sleep 600 & echo ready; wait");
  await printed("ready");
  await ledger.add("left", running.pid);
  await writeFile(join(directory, "ledger", "reused.json"), JSON.stringify({ pid: process.pid, identity: "other 1" }));
  await writeFile(join(directory, "ledger", "cut.json"), '{"pid": 1');
  expect(await processLedger(join(directory, "ledger")).killLeftovers()).toBe(1);
  expect((await running.exited).signal).toBe(9);
  expect(await readdir(join(directory, "ledger"))).toEqual([]);
  expect(
    execFileSync("ps", ["-o", "pid=", "-p", String(process.pid)])
      .toString()
      .trim(),
  ).toBe(String(process.pid));
});

test("a process that ended by itself is no leftover", async () => {
  const ledger = processLedger(join(directory, "ledger"));
  const running = await shell("sleep 600");
  await ledger.add("mine", running.pid);
  await ledger.remove("mine");
  expect(await ledger.killLeftovers()).toBe(0);
  running.terminate(0);
  await running.exited;
});
