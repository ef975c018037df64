import { z } from "zod";
import { variableName } from "./names.ts";

/** A service's settings: camelCase keys, each read from the environment variable of that name (`redisUrl`: REDIS_URL). */
export type ConfigShape = Record<string, z.ZodType>;
export type Config<S extends ConfigShape> = z.infer<z.ZodObject<S>>;
export type Environment = Record<string, string | undefined>;

/** The settings are wrong; the message names every wrong variable and what it has to be. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly code = "ConfigInvalid";
}

/**
 * Reads the settings of `shape` once, at the start. An empty variable counts as absent. Throws ConfigError.
 * The values of settings with `meta({ secret: true })` are never part of its message.
 */
export function loadConfig<S extends ConfigShape>(shape: S, env: Environment = process.env): Config<S> {
  const input = Object.fromEntries(Object.keys(shape).map((key) => [key, env[variableName(key)] || undefined]));
  const result = z.object(shape).safeParse(input);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => explain(shape, String(issue.path[0] ?? ""), input, issue.message));
  throw new ConfigError(`the configuration is wrong:\n${[...new Set(lines)].join("\n")}`);
}

function explain(shape: ConfigShape, key: string, input: Record<string, string | undefined>, message: string): string {
  const meta = shape[key]?.meta();
  const value = input[key];
  const found = value === undefined ? "is not set" : `is ${meta?.["secret"] ? "wrong" : JSON.stringify(value)}`;
  const purpose = meta?.description ? ` (${meta.description})` : "";
  return `  ${variableName(key)} ${found}: ${message}${purpose}`;
}
