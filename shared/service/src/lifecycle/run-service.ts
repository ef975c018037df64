import { Registry } from "prom-client";
import { type CommonConfig, commonShape } from "../config/common.ts";
import { type Config, ConfigError, type ConfigShape, loadConfig } from "../config/load.ts";
import { configReference } from "../config/reference.ts";
import { healthApp } from "../health/app.ts";
import type { Check } from "../health/checks.ts";
import { listen } from "../health/listen.ts";
import { createLogger, type Logger } from "../log/logger.ts";
import { processMetrics } from "../metrics/process.ts";
import { Closers } from "./closers.ts";

export interface ServiceContext<C> {
  config: C;
  log: Logger;
  registry: Registry;
  /** Makes the service ready only while `check` passes. */
  addCheck(name: string, check: Check): void;
  /** What began last is closed first. */
  onClose(part: string, close: () => Promise<void>): void;
}

export interface ServiceOptions<S extends ConfigShape> {
  name: string;
  /** The service's own settings, beside `commonShape`. */
  config: S;
  /** Resolves when the service runs; until then it is not ready. A rejection ends the process. */
  start(context: ServiceContext<Config<S> & CommonConfig>): Promise<void>;
}

/**
 * The main program of a service: settings from the environment, logs, health and metrics, and a shutdown in order on SIGTERM
 * or SIGINT. Exit code 0 after a clean shutdown, else 1. With `--help` it prints the settings.
 */
export async function runService<S extends ConfigShape>(options: ServiceOptions<S>): Promise<void> {
  const shape = { ...commonShape, ...options.config };
  if (process.argv.includes("--help")) {
    process.stdout.write(`${options.name} is configured by environment variables.\n\n${configReference(shape)}`);
    return;
  }
  const config = configOrExit(shape) as Config<S> & CommonConfig;
  const log = createLogger({ name: options.name, level: config.logLevel });
  const closers = new Closers(log);
  const end = shutdownOnSignal(closers, log, config.shutdownTimeout);
  try {
    await startParts(options, { config, log, closers });
    // Counted from the start of the process, so with the time that loading the program took.
    log.info({ startMs: Math.round(performance.now()) }, "started");
  } catch (error) {
    log.error({ error }, "cannot start");
    await end(1);
  }
}

interface Parts<C> {
  config: C;
  log: Logger;
  closers: Closers;
}

async function startParts<S extends ConfigShape>(
  options: ServiceOptions<S>,
  { config, log, closers }: Parts<Config<S> & CommonConfig>,
): Promise<void> {
  const registry = new Registry();
  processMetrics(registry);
  let started = false;
  const checks: Record<string, Check> = { started: async () => started };
  const health = await listen(healthApp(checks, registry), config.healthAddress);
  closers.add("health server", health.close);
  log.info({ address: health.address }, "serving health and metrics");
  await options.start({
    config,
    log,
    registry,
    addCheck: (name, check) => {
      checks[name] = check;
    },
    onClose: (part, close) => closers.add(part, close),
  });
  started = true;
}

function configOrExit<S extends ConfigShape>(shape: S): Config<S> {
  try {
    return loadConfig(shape);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** Returns what ends the process; the first caller's exit code counts. A second signal does not wait for anything. */
function shutdownOnSignal(closers: Closers, log: Logger, deadlineMs: number): (code: number) => Promise<void> {
  let ending = false;
  const end = async (code: number) => {
    ending = true;
    const well = await closers.closeAll(deadlineMs);
    process.exit(well ? code : 1);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (ending) process.exit(1);
      log.info({ signal }, "shutting down");
      void end(0);
    });
  }
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => {
      log.error({ error }, "unexpected error");
      if (!ending) void end(1);
    });
  }
  return end;
}
