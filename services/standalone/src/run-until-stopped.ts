import { UsageError } from "./options/usage-error.ts";

/**
 * Runs a program's `main` and ends the process: 0 when it returned, 2 after a UsageError, 1 after any other error, each told in
 * one line. `stopped` resolves at SIGINT or SIGTERM; a second signal ends at once.
 */
export async function runUntilStopped(main: (stopped: Promise<void>) => Promise<void>): Promise<void> {
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  let asked = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (asked) process.exit(1);
      asked = true;
      resolve();
    });
  }
  let code = 0;
  try {
    await main(stopped);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    code = error instanceof UsageError ? 2 : 1;
  }
  process.exit(code);
}
