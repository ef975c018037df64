import { spawn } from "node:child_process";
import { constants } from "node:os";
import type { ContainerLog } from "../logs/container-log.ts";

export interface CommandLine {
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd: string;
}

/** `signal` is set when it ended the process; the exit code is then 128 + its number, as container runtimes report. */
export interface ProcessExit {
  exitCode: number;
  signal?: number;
}

export interface RunningProcess {
  readonly pid: number;
  /** Resolves when the process is gone, the rest of its group killed and its log complete. */
  readonly exited: Promise<ProcessExit>;
  /**
   * SIGTERM to the process now, as to the first one of a real container; SIGKILL to its group once it ended or after
   * `graceMs`. Called again it can only shorten that time.
   */
  terminate(graceMs: number): void;
}

// Output that a stray grandchild keeps open is not waited for longer than this.
const outputTimeoutMs = 1000;

/** Starts the command as leader of a new process group; rejects when it cannot be started. The log ends with it. */
export async function startProcess(command: CommandLine, log: ContainerLog): Promise<RunningProcess> {
  const [program = "", ...args] = command.argv;
  const child = spawn(program, args, {
    cwd: command.cwd,
    env: { ...command.env },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.on("data", (chunk: Buffer) => log.write("stdout", chunk));
  child.stderr.on("data", (chunk: Buffer) => log.write("stderr", chunk));
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const left = new Promise<ProcessExit>((resolve) => {
    child.once("exit", (code, signal) => resolve(exitOf(code, signal)));
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  const pid = child.pid ?? 0;
  const killer = groupKiller(pid);
  const exited = left.then(async (exit) => {
    killer.finish();
    await Promise.race([closed, after(outputTimeoutMs)]);
    log.end();
    return exit;
  });
  return { pid, exited, terminate: killer.terminate };
}

/** Kills every process of a group; a group that is gone is fine. */
function killGroup(pid: number): void {
  send(-pid, "SIGKILL");
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function groupKiller(pid: number): { terminate(graceMs: number): void; finish(): void } {
  let deadline = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let finished = false;
  const finish = () => {
    finished = true;
    clearTimeout(timer);
    killGroup(pid);
  };
  const terminate = (graceMs: number) => {
    const at = Date.now() + graceMs;
    if (finished || at >= deadline) return;
    if (deadline === Number.POSITIVE_INFINITY) send(pid, "SIGTERM");
    deadline = at;
    clearTimeout(timer);
    timer = setTimeout(() => killGroup(pid), graceMs);
  };
  return { terminate, finish };
}

function exitOf(code: number | null, signal: NodeJS.Signals | null): ProcessExit {
  if (signal === null) return { exitCode: code ?? 0 };
  const number = constants.signals[signal];
  return { exitCode: 128 + number, signal: number };
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
