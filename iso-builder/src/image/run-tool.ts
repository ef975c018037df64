import { spawn } from "node:child_process";
import { BuildError } from "../errors.ts";

const outputKept = 4000;

export interface ToolOptions {
  /** How to get the tool when it is not installed. */
  hint: string;
  cwd?: string;
}

/**
 * Runs a program with `args`, never through a shell; its output goes to standard error. Throws BuildError `ToolMissing`
 * or `ToolFailed` with the end of its output.
 */
export async function runTool(program: string, args: string[], options: ToolOptions): Promise<void> {
  const child = spawn(program, args, { cwd: options.cwd, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      process.stderr.write(chunk);
      output = (output + chunk).slice(-outputKept);
    });
  }
  const ended = Promise.withResolvers<string>();
  child.once("error", (cause) => {
    ended.reject(new BuildError("ToolMissing", `cannot run ${program}: ${options.hint}`, { cause }));
  });
  child.once("close", (code, signal) => ended.resolve(signal ?? String(code)));
  const end = await ended.promise;
  if (end !== "0") throw new BuildError("ToolFailed", `${program} ended with ${end}: ${lastLine(output)}`);
}

function lastLine(output: string): string {
  return output.trim().split("\n").at(-1) ?? "";
}
