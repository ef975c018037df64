import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

export interface Program {
  child: ChildProcess;
  output(): string;
  exited: Promise<number>;
}

/** Runs the program as a Pod does. */
export function runProgram(args: string[], env: Record<string, string> = {}): Program {
  const child = spawn(process.execPath, [main, ...args], { env: { PATH: process.env["PATH"], ...env } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk;
    });
  }
  return { child, output: () => output, exited: once(child, "close").then(([code]) => Number(code)) };
}

/** Where a serving program can be reached on the loopback, once it can. */
export async function servingAt(program: Program): Promise<string> {
  const port = await vi.waitFor(() => {
    const found = /serving .*:(\d+)\n/.exec(program.output())?.[1];
    if (!found) throw new Error(`not serving: ${program.output()}`);
    return found;
  }, 25_000);
  return `http://127.0.0.1:${port}`;
}
