import { execFileSync } from "node:child_process";

/** Runs a program of the virtual machine to its end; throws when it fails. Its errors go to the console. */
export function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

/** Tells on the console what is being done. */
export function say(text: string): void {
  process.stdout.write(`[demo elemental] ${text}\n`);
}
