import { spawn } from "node:child_process";

export interface Shell {
  /** Runs a program to its end and resolves with its output; rejects with the end of what it said when it fails. */
  run(program: string, args: string[], input?: string): Promise<string>;
}

const tailLength = 3000;

/** A shell that runs programs with these variables beside its own. */
export function shell(variables: Record<string, string> = {}): Shell {
  const env = { ...process.env, ...variables };
  return {
    run(program, args, input) {
      const child = spawn(program, args, { env });
      let [output, said] = ["", ""];
      child.stdout.on("data", (chunk: Buffer) => {
        output += chunk;
        said = (said + chunk).slice(-tailLength);
      });
      child.stderr.on("data", (chunk: Buffer) => {
        said = (said + chunk).slice(-tailLength);
      });
      child.stdin.on("error", () => {});
      child.stdin.end(input ?? "");
      return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code) => {
          if (code === 0) resolve(output);
          else reject(new Error(`${program} ${args.slice(0, 3).join(" ")} failed (${code}):\n${said}`));
        });
      });
    },
  };
}

/** Repeats `look` every second until it tells something; rejects after `seconds`, naming what was waited for. */
export async function until<T>(what: string, seconds: number, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what} did not come within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
