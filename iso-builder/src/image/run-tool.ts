import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { BuildError } from "../errors.ts";

const outputKept = 4000;

export interface ToolOptions {
  /** How to get the tool when it is not installed. */
  hint: string;
  /** Takes what the program writes to file descriptor 3 (`toolOutput`); its failure ends the program. */
  consume?(output: AsyncIterable<Buffer>): Promise<void>;
}

/** The file descriptor of `consume`, as a path for the program. */
export const toolOutput = "/dev/fd/3";

/**
 * Runs a program with `args`, never through a shell; its output goes to standard error. Throws BuildError `ToolMissing`
 * or `ToolFailed` with the end of its output.
 */
export async function runTool(program: string, args: string[], options: ToolOptions): Promise<void> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe", options.consume ? "pipe" : "ignore"] });
  const output = lastOutput(child);
  const ended = Promise.withResolvers<string>();
  child.once("error", (cause) => {
    ended.reject(new BuildError("ToolMissing", `cannot run ${program}: ${options.hint}`, { cause }));
  });
  child.once("close", (code, signal) => ended.resolve(signal ?? String(code)));
  const consumed = options.consume?.(child.stdio[3] as Readable).catch((error: unknown) => {
    child.kill();
    throw error;
  });
  const [end] = await Promise.all([ended.promise, consumed]);
  if (end !== "0") throw new BuildError("ToolFailed", `${program} ended with ${end}: ${lastLine(output())}`);
}

function lastOutput(child: ChildProcess): () => string {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      process.stderr.write(chunk);
      output = (output + chunk).slice(-outputKept);
    });
  }
  return () => output;
}

function lastLine(output: string): string {
  return output.trim().split("\n").at(-1) ?? "";
}
