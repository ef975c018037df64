import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { elementalRegister, type Host, localHost, registerProgram } from "@elemental/register-client";

export interface ClientRun {
  /** The machine's file system. */
  root: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Takes every line the client prints. */
  onLine: (line: string) => void;
}

/** Runs the real register client as a program of its own; its exit status. */
export function runClient({ root, args, env, onLine }: ClientRun): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [registerProgram, ...args], {
      env: { ...env, ELEMENTAL_REGISTER_ROOT: root },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) createInterface(stream).on("line", onLine);
    child.once("error", reject);
    child.once("close", (status) => resolve(status ?? -1));
  });
}

/** Runs the same client within this process, for many machines at once. */
export function runClientInProcess({ root, args, env, onLine }: ClientRun): Promise<number> {
  const write = (text: string) => {
    for (const line of text.trimEnd().split("\n")) onLine(line);
  };
  const variables = { ...env, ELEMENTAL_REGISTER_ROOT: root };
  const host: Host = {
    ...localHost(variables, root),
    async attach(command, commandArgs, additions) {
      const child = localHost({ ...variables, ...additions }, root);
      const { status, stdout, stderr } = await child.capture(command, commandArgs);
      write(stdout + stderr);
      return status;
    },
  };
  return elementalRegister(args, host, { stdout: write, stderr: write });
}
