import type { ChildProcess } from "node:child_process";
import { openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type ProcessUsage, processUsage } from "../measure/process-usage.ts";
import { endChild, spawnNode } from "./child.ts";
import { freePort } from "./free-port.ts";
import { parseMetrics, type Sample } from "./metrics.ts";

export type ServiceName =
  | "registration-api"
  | "inventory-controller"
  | "selector-controller"
  | "osversion-syncer"
  | "seedimage-builder";

/** One process of a service. */
export interface ServiceProcess {
  name: ServiceName;
  /** From the start of the process until it was ready. */
  startMs: number;
  metrics(): Promise<Sample[]>;
  usage(): ProcessUsage;
  /** Everything it has logged. */
  log(): Promise<string>;
  stop(): Promise<void>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
}

export interface ServiceOptions {
  name: ServiceName;
  env: Record<string, string>;
  /** Where its log goes. */
  logDirectory: string;
}

const startDeadlineMs = 180_000;
const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** The sources, or with ELEMENTAL_BENCH_BUILT what `npm run build` made of them. */
function programOf(name: ServiceName): string {
  const built = process.env["ELEMENTAL_BENCH_BUILT"];
  return built ? join(root, "dist/services", `${name}.mjs`) : join(root, "services", name, "src/main.ts");
}

/**
 * Starts a service as a process of its own and resolves when it is ready. Arguments for Node, such as --cpu-prof, are
 * taken from ELEMENTAL_BENCH_NODE_ARGS.
 */
export async function startService({ name, env, logDirectory }: ServiceOptions): Promise<ServiceProcess> {
  const health = `127.0.0.1:${await freePort()}`;
  const logFile = join(logDirectory, `${name}-${health.split(":")[1]}.log`);
  const log = openSync(logFile, "a");
  const nodeArgs = process.env["ELEMENTAL_BENCH_NODE_ARGS"]?.split(" ") ?? [];
  const began = performance.now();
  const child = spawnNode([...nodeArgs, programOf(name)], {
    env: { PATH: process.env["PATH"], HEALTH_ADDRESS: health, LOG_LEVEL: "warn", ...env },
    stdio: ["ignore", log, log],
  });
  await ready(child, health, { name, logFile }).catch(async (error: unknown) => {
    await endChild(child);
    throw error;
  });
  return {
    name,
    startMs: performance.now() - began,
    metrics: async () => parseMetrics(await (await fetch(`http://${health}/metrics`)).text()),
    usage: () => processUsage(child.pid ?? 0),
    log: () => readFile(logFile, "utf8"),
    stop: () => endChild(child),
    kill: () => endChild(child, "SIGKILL"),
  };
}

async function ready(child: ChildProcess, health: string, about: { name: string; logFile: string }): Promise<void> {
  const deadline = Date.now() + startDeadlineMs;
  while (Date.now() < deadline && child.exitCode === null) {
    const answer = await fetch(`http://${health}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await delay(100);
  }
  const log = (await readFile(about.logFile, "utf8")).trim().split("\n").slice(-3).join("\n");
  throw new Error(`${about.name} did not become ready:\n${log}`);
}
