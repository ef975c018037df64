import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ContainerLog } from "../logs/container-log.ts";
import { findLauncher } from "./launcher.ts";
import { killProcessesOf, runnerIdentity } from "./marker.ts";
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

test("the processes of a runner are found and killed by its identity, also those that left their group", async () => {
  const identity = await runnerIdentity(directory);
  const script = "setsid sleep 600 & echo child $!; exec sleep 600";
  const mine = await startProcess(
    { argv: ["sh", "-c", script], env: { ...env, ELEMENTAL_RUNNER: identity }, cwd: directory },
    log,
  );
  const other = await startProcess(
    { argv: ["sleep", "600"], env: { ...env, ELEMENTAL_RUNNER: "other" }, cwd: directory },
    new ContainerLog(join(directory, "other.log"), 1000),
  );
  await printed("child");
  const child = Number(/child (\d+)/.exec(logged())?.[1]);
  await killProcessesOf(await runnerIdentity(directory));
  expect((await mine.exited).signal).toBe(9);
  await vi.waitFor(() => expect(isRunning(child)).toBe(false));
  expect(isRunning(other.pid)).toBe(true);
  other.terminate(0);
  await other.exited;
});

const launcher = await findLauncher();

test.runIf(launcher.length > 0)("a process dies with its runner, however that ends", async () => {
  const script = `const { spawn } = require("node:child_process");
    const [program, ...args] = ${JSON.stringify([...launcher, "sleep", "600"])};
    console.log(spawn(program, args, { detached: true }).pid); setInterval(() => {}, 1000);`;
  const runner = await startProcess({ argv: [process.execPath, "-e", script], env, cwd: directory }, log);
  while (!logged().includes("\n")) await log.changedSince(log.version);
  const pid = Number(/ F (\d+)/.exec(logged())?.[1]);
  await vi.waitFor(() => expect(readFileSync(`/proc/${pid}/comm`, "utf8")).toBe("sleep\n"));
  process.kill(runner.pid, "SIGKILL");
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false));
});
