import { parseArgs } from "node:util";

/** The command line is wrong; `message` is the one line to print. Leads to exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "Usage";
}

interface Flag {
  type: "string" | "boolean" | "count";
  /** Counts only; absent: derived from others. */
  default?: number;
  help: string;
}

const common = {
  json: { type: "string", help: "write the result to this file" },
  embedded: { type: "boolean", help: "measure on the embedded Kubernetes API, whatever else there is" },
  concurrency: { type: "count", help: "what is worked on at once: registrations, or reconciles per controller" },
  replicas: { type: "count", default: 1, help: "processes of the measured service" },
} as const satisfies Record<string, Flag>;

/** The flags of every benchmark. */
export const benchmarks = {
  registration: {
    machines: { type: "count", default: 1000, help: "machines that register" },
    auth: { type: "string", help: "tpm (default) or mac" },
    drivers: { type: "count", default: 2, help: "processes that play the machines" },
    url: { type: "string", help: "registration URL of a running server, instead of our own; its API is not looked at" },
    ca: { type: "string", help: "PEM file with the authority to trust for --url" },
    curve: { type: "boolean", help: "100, 1000 and 10000 machines powered on at once, one after the other" },
  },
  overload: {
    sockets: { type: "count", default: 10_000, help: "connections that never register" },
    machines: { type: "count", default: 20, help: "machines that register meanwhile" },
    rounds: { type: "count", default: 1, help: "how often all attacks are made: memory must not grow with them" },
  },
  adoption: {
    selectors: { type: "count", default: 500, help: "selectors that look for an inventory" },
    inventories: { type: "count", help: "inventories there are (default: as many as selectors)" },
  },
  sizing: {
    machines: { type: "count", help: "do not measure more than this many machines (default: 100, 1000 and 10000)" },
  },
  reconcile: {
    objects: { type: "count", default: 500, help: "settled pairs of inventory and selector" },
    changes: { type: "count", default: 20, help: "changes whose time is measured" },
  },
} as const satisfies Record<string, Record<string, Flag>>;

export type BenchmarkName = keyof typeof benchmarks;

/** Values by flag; counts are positive integers. */
export interface Flags {
  string(name: string): string | undefined;
  boolean(name: string): boolean;
  count(name: string): number | undefined;
}

/** The chosen benchmark with its flags; undefined when help is asked for. Throws UsageError. */
export function parseCommandLine(args: readonly string[]): { name: BenchmarkName; flags: Flags } | undefined {
  const [name = "", ...rest] = args;
  if (args.length === 0 || args.includes("--help")) return undefined;
  if (!isBenchmark(name)) {
    throw new UsageError(`Unknown benchmark "${name}". Known: ${Object.keys(benchmarks).join(", ")}. See --help.`);
  }
  return { name, flags: parseFlags({ ...common, ...benchmarks[name] }, rest) };
}

function isBenchmark(name: string): name is BenchmarkName {
  return Object.hasOwn(benchmarks, name);
}

function parseFlags(flags: Record<string, Flag>, args: readonly string[]): Flags {
  const options = Object.fromEntries(
    Object.entries(flags).map(([flag, { type }]) => [
      flag,
      { type: type === "boolean" ? ("boolean" as const) : ("string" as const) },
    ]),
  );
  const values = parsed(options, args);
  const counts = new Map<string, number>();
  for (const [flag, { type, default: fallback }] of Object.entries(flags)) {
    const text = values[flag];
    if (type !== "count") continue;
    if (typeof text === "string") counts.set(flag, countOf(flag, text));
    else if (fallback !== undefined) counts.set(flag, fallback);
  }
  return {
    string: (flag) => (typeof values[flag] === "string" ? values[flag] : undefined),
    boolean: (flag) => values[flag] === true,
    count: (flag) => counts.get(flag),
  };
}

function parsed(options: Record<string, { type: "boolean" | "string" }>, args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split(/\. |\n/)[0]}. See --help.`);
  }
}

function countOf(flag: string, text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 1_000_000) return value;
  throw new UsageError(`--${flag} must be a whole number from 1 to 1000000, not "${text}".`);
}

/** What `--help` prints. */
export function help(): string {
  const sections = Object.entries(benchmarks).map(([name, flags]) => `${name}\n${describe(flags)}`);
  return `Usage: npm run bench -- NAME [flags]

The Kubernetes API is the one of KUBECONFIG, else a real kube-apiserver where the project finds one, else the embedded
one. Namespaces made for a run are removed afterwards.

${sections.join("\n\n")}

every benchmark
${describe(common)}
`;
}

function describe(flags: Record<string, Flag>): string {
  const rows = Object.entries(flags).map(([name, { type, default: value, help: text }]) => {
    const argument = { string: " VALUE", count: " N", boolean: "" }[type];
    return `  ${`--${name}${argument}`.padEnd(20)}${text}${value === undefined ? "" : ` (default ${value})`}`;
  });
  return rows.join("\n");
}
