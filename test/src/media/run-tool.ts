import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Runs a program to its end without a shell; a failure's message holds the last line it said. */
export async function runTool(program: string, args: readonly string[], cwd?: string): Promise<string> {
  try {
    const { stdout } = await execute(program, args, { maxBuffer: 16 << 20, cwd });
    return stdout;
  } catch (error) {
    const { code, stderr = "" } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === "ENOENT") throw new Error(`${program} is not installed: install it and run this again.`);
    throw new Error(`${program} failed: ${stderr.trim().split("\n").at(-1) || (error as Error).message}`, {
      cause: error,
    });
  }
}
