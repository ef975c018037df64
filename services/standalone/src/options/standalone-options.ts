import { resolve } from "node:path";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { type ListenAddress, parseAddress } from "./address.ts";
import { UsageError } from "./usage-error.ts";

export interface StandaloneOptions {
  dataDir: string;
  /** Where machines register and download seed images. */
  listen: ListenAddress;
  /** Where kubectl finds the embedded Kubernetes API; port 0 keeps the port of the last run, or takes a free one. */
  apiListen: ListenAddress;
  /** The URL under which machines reach `listen`; its scheme decides whether TLS is served. */
  serverUrl: string | undefined;
  tls: { certFile: string; keyFile: string } | undefined;
  redis: boolean;
  healthListen: ListenAddress;
  logLevel: LogLevel;
}

const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/** The flags that standalone and quickstart share, as `--help` lists them. */
export const sharedFlags = {
  listen: { type: "string", default: "127.0.0.1:8443", help: "ADDRESS:PORT where machines register" },
  "api-listen": {
    type: "string",
    default: "127.0.0.1:0",
    help: "ADDRESS:PORT of the Kubernetes API; 0 = keep or choose",
  },
  "health-listen": { type: "string", default: "127.0.0.1:0", help: "ADDRESS:PORT of /healthz, /readyz and /metrics" },
  "server-url": { type: "string", help: "URL under which machines reach --listen; http:// serves without TLS" },
  "tls-cert": { type: "string", help: "PEM file with the certificate chain for --listen; default: one of our own CA" },
  "tls-key": { type: "string", help: "PEM file with its private key" },
  "no-redis": { type: "boolean", help: "keep the work queues in memory instead of in Redis" },
  "log-level": { type: "string", default: "info", help: logLevels.join(", ") },
  help: { type: "boolean", short: "h", help: "print this text" },
} as const satisfies Flags;

export type Flags = Record<string, { type: "string" | "boolean"; short?: string; default?: string; help: string }>;

/** Parses `args`; unknown flags, stray words and missing values are a UsageError. */
export function parseFlags<F extends Flags>(flags: F, args: string[]) {
  const options: NonNullable<ParseArgsConfig["options"]> = {};
  for (const [name, { type, short, default: value }] of Object.entries(flags)) {
    options[name] = { type, ...(short && { short }), ...(value !== undefined && { default: value }) };
  }
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values as {
      [K in keyof F]?: F[K]["type"] extends "boolean" ? boolean : string;
    };
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split(". ")[0]}. See --help.`);
  }
}

/** The lines of `--help` for `flags`. */
export function describeFlags(flags: Flags): string {
  const rows = Object.entries(flags).map(([name, { type, default: value, help }]) => {
    const left = `  --${name}${type === "string" ? " VALUE" : ""}`;
    return `${left.padEnd(24)}${help}${value ? ` (default ${value})` : ""}`;
  });
  return rows.join("\n");
}

/** Turns parsed shared flags into options. Throws UsageError naming the flag that does not fit. */
export function sharedOptions(
  values: ReturnType<typeof parseFlags<typeof sharedFlags>>,
  dataDir: string,
): StandaloneOptions {
  const logLevel = logLevels.find((level) => level === values["log-level"]);
  if (!logLevel) throw new UsageError(`--log-level must be one of ${logLevels.join(", ")}.`);
  return {
    dataDir: resolve(dataDir),
    listen: parseAddress("listen", values.listen ?? ""),
    apiListen: parseAddress("api-listen", values["api-listen"] ?? ""),
    healthListen: parseAddress("health-listen", values["health-listen"] ?? ""),
    serverUrl: parseServerUrl(values["server-url"]),
    tls: parseTls(values["tls-cert"], values["tls-key"]),
    redis: !values["no-redis"],
    logLevel,
  };
}

function parseServerUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash) {
    throw new UsageError(`--server-url must be an http:// or https:// URL, not "${text}".`);
  }
  return text.replace(/\/+$/, "");
}

function parseTls(certFile: string | undefined, keyFile: string | undefined): StandaloneOptions["tls"] {
  if (!certFile && !keyFile) return undefined;
  if (!certFile || !keyFile) throw new UsageError("--tls-cert and --tls-key go together: give both or neither.");
  return { certFile: resolve(certFile), keyFile: resolve(keyFile) };
}
