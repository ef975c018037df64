// The program of the operator's image: what the Pods of channels run. Names and exit codes are a contract with
// the Pods and images of others; resources-and-controllers 5.2.
import { parseArgs } from "node:util";
import { loadConfig } from "@elemental/service";
import { z } from "zod";
import packageJson from "../../package.json" with { type: "json" };
import { parseDuration } from "../duration.ts";
import { display } from "./display.ts";
import { download } from "./download.ts";

const failed = 255;

const commands: Record<string, (args: string[]) => Promise<void>> = {
  async download(args) {
    const { url, file } = options(args, ["url", "file"]);
    await download({ url, file, timeoutMs: timeout() });
  },
  async display(args) {
    await display(options(args, ["file"]).file, process.stdout);
  },
  async version() {
    process.stderr.write(`Operator version ${packageJson.version}\n`);
  },
};

/** The values of the flags `names`, all of which are required. */
function options<Name extends string>(args: string[], names: Name[]): Record<Name, string> {
  const { values } = parseArgs({ args, options: Object.fromEntries(names.map((name) => [name, { type: "string" }])) });
  const missing = names.filter((name) => typeof values[name] !== "string");
  if (missing.length > 0) throw new Error(`required: ${missing.map((name) => `--${name}`).join(", ")}`);
  return values as Record<Name, string>;
}

function timeout(): number {
  const { elementalTimeout } = loadConfig({ elementalTimeout: z.string().default("30s") });
  const timeoutMs = parseDuration(elementalTimeout);
  if (timeoutMs === undefined)
    throw new Error(`ELEMENTAL_TIMEOUT is "${elementalTimeout}": must be a time such as 30s`);
  return Math.max(timeoutMs, 0);
}

for (const signal of ["SIGHUP", "SIGINT", "SIGTERM", "SIGQUIT"] as const) process.on(signal, () => process.exit(1));

const [name = "", ...args] = process.argv.slice(2);
try {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new Error(`unknown command "${name}", known: ${Object.keys(commands).join(", ")}`);
  await command(args);
} catch (error) {
  process.stderr.write(`${name ? `${name}: ` : ""}${error instanceof Error ? error.message : error}\n`);
  process.exitCode = failed;
}
