import { type Host, localHost } from "./host/host.ts";
import type { Output } from "./program.ts";

/** A program with its arguments, up to its exit status. */
export type Program = (args: readonly string[], host: Host, output: Output) => Promise<number>;

/** Lets `program` be this process. */
export async function becomeProgram(program: Program, args: readonly string[]): Promise<void> {
  const host = localHost(process.env, process.env["ELEMENTAL_REGISTER_ROOT"]);
  process.exitCode = await program(args, host, {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
  });
}
