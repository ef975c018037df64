import { parseCommand } from "./command-line.ts";
import { BuildError, describe } from "./errors.ts";
import { run } from "./run.ts";

// Exit code 2 for a wrong call, 1 for everything else that fails; the last line says why.
try {
  await run(parseCommand(process.argv.slice(2)), process.env);
} catch (error) {
  console.error(`error: ${describe(error)}`);
  process.exitCode = error instanceof BuildError && error.code === "Usage" ? 2 : 1;
}
