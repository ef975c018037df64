// Benchmarks: `npm run bench -- --help`.
import { writeFile } from "node:fs/promises";
import { benchmarkAdoption } from "./adoption/run.ts";
import { type BenchmarkName, type Flags, help, parseCommandLine, UsageError } from "./command-line.ts";
import { benchmarkOverload } from "./overload/run.ts";
import { benchmarkReconcile } from "./reconcile/run.ts";
import { benchmarkRegistration } from "./registration/run.ts";
import { printResult, type Result } from "./result.ts";
import { benchmarkSizing } from "./sizing/run.ts";

type Benchmark = (flags: Flags, parts: AsyncDisposableStack) => Promise<Result>;

const runs: Record<BenchmarkName, Benchmark> = {
  registration: benchmarkRegistration,
  overload: benchmarkOverload,
  adoption: benchmarkAdoption,
  reconcile: benchmarkReconcile,
  sizing: benchmarkSizing,
};

async function main(interrupted: Promise<never>): Promise<void> {
  const command = parseCommandLine(process.argv.slice(2));
  if (!command) return void process.stdout.write(help());
  const json = command.flags.string("json");
  if (json) await writeFile(json, "");
  await using parts = new AsyncDisposableStack();
  const result = await Promise.race([runs[command.name](command.flags, parts), interrupted]);
  if (json) await writeFile(json, `${JSON.stringify(result, undefined, 2)}\n`);
  printResult(result);
}

/** Rejects at the first signal; a second one ends at once. */
function interruption(): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  let asked = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (asked) process.exit(130);
      asked = true;
      reject(new Error(`Interrupted by ${signal}; everything is being stopped.`));
    });
  }
  return promise;
}

try {
  await main(interruption());
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof UsageError ? 2 : 1);
}
