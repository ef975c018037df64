import { execFile, spawn } from "node:child_process";
import { join, resolve } from "node:path";

export interface CommandResult {
  /** Exit status; -1 when a signal ended the program. */
  status: number;
  stdout: string;
  stderr: string;
}

/** The programs of a machine. Both reject with the system's error when the program cannot be started. */
export interface Commands {
  /** Runs a program to its end and keeps its output. */
  capture(command: string, args: readonly string[]): Promise<CommandResult>;
  /** Runs a program that shares this process's standard streams, with additions to its environment; its exit status. */
  attach(command: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<number>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The machine the client runs on. */
export interface Host extends Commands {
  env: Environment;
  /** Where `path` of the machine is found by this process; a relative one starts at the working directory. */
  path(path: string): string;
}

/** Longest output kept of a captured program. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** This machine, or for tests and labs the tree below `root`. Programs are found through `env.PATH`. */
export function localHost(env: Environment, root = "/"): Host {
  return {
    env,
    path: (path) => (root === "/" ? resolve(path) : join(root, path)),
    capture: (command, args) => capture(command, args, env),
    attach: (command, args, additions) => attach(command, args, { ...env, ...additions }),
  };
}

function capture(command: string, args: readonly string[], env: Environment): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const options = { env, maxBuffer: MAX_OUTPUT_BYTES, encoding: "utf8" } as const;
    execFile(command, args, options, (error, stdout, stderr) => {
      if (!error) resolve({ status: 0, stdout, stderr });
      else if (typeof error.code === "string") reject(error);
      else resolve({ status: error.code ?? -1, stdout, stderr });
    });
  });
}

function attach(command: string, args: readonly string[], env: Environment): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: "inherit" });
    child.once("error", reject);
    child.once("exit", (status) => resolve(status ?? -1));
  });
}
