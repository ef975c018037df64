import { join } from "node:path";
import type { BaseSource } from "./base/acquire.ts";
import { BaseCache } from "./base/cache.ts";
import { defaultLimits } from "./base/download.ts";
import { pullBase } from "./base/pull.ts";
import { baseReference } from "./base/reference.ts";
import { type Command, help } from "./command-line.ts";
import { BuildError } from "./errors.ts";
import { buildIso } from "./image/build-iso.ts";
import { buildDisk } from "./image/disk.ts";
import { contentOf } from "./serve/content.ts";
import { startServer } from "./serve/server.ts";

export type Environment = Record<string, string | undefined>;

const drainMs = 2 * 3_600_000;

/** Does what `command` says; user values come from the environment, never from a command line. Throws BuildError. */
export async function run(command: Command, env: Environment): Promise<void> {
  switch (command.name) {
    case "help":
      process.stdout.write(help);
      return;
    case "build":
      return buildIso({ ...places(command, env), base: baseSource(command, env) });
    case "pull":
      return pullBase(baseImage(env), required(env, "ELEMENTAL_TARGET_PLATFORM"), preparedBase(command.work));
    case "build-disk":
      return buildDisk({
        ...places(command, env),
        systemImage: baseImage(env),
        platform: env["ELEMENTAL_TARGET_PLATFORM"] || undefined,
      });
    case "serve":
      return serve(command, env);
  }
}

async function serve(command: Extract<Command, { name: "serve" }>, env: Environment): Promise<void> {
  const { path, port, lifetimeSeconds } = command;
  const content = await contentOf(path, { only: env["ELEMENTAL_OUTPUT_NAME"] || undefined, cache: command.cache });
  const address = listenOn(port, env);
  const server = await startServer({ content, ...address, lifetimeSeconds, drainMs });
  console.log(`serving ${path} on ${address.host}:${server.port}`);
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, server.stop);
  await server.ended;
}

/** Where a runner of local processes maps the port, else on the Pod's address, else everywhere. */
function listenOn(port: number, env: Environment): { host: string; port: number } {
  const [, host, mapped] = /^(.+):(\d+)$/.exec(env[`ELEMENTAL_LISTEN_${port}`] ?? "") ?? [];
  if (host && mapped) return { host, port: Number(mapped) };
  return { host: env["POD_IP"] || "0.0.0.0", port };
}

function places(command: Extract<Command, { overlay: string }>, env: Environment) {
  const outputName = required(env, "ELEMENTAL_OUTPUT_NAME");
  if (!/^[A-Za-z0-9][A-Za-z0-9._:+-]*$/.test(outputName)) {
    throw new BuildError("Usage", `ELEMENTAL_OUTPUT_NAME ${JSON.stringify(outputName)} is not a plain file name`);
  }
  return { workDirectory: command.work, overlayDirectory: command.overlay, outputName };
}

function baseSource(command: Extract<Command, { name: "build" }>, env: Environment): BaseSource {
  const maxBytes = Number(env["ELEMENTAL_MAX_BYTES"] || defaultLimits.maxBytes);
  if (!Number.isSafeInteger(maxBytes)) throw new BuildError("Usage", "ELEMENTAL_MAX_BYTES must be a number of bytes");
  return {
    name: baseImage(env),
    prepared: preparedBase(command.work),
    allowFile: env["ELEMENTAL_ALLOW_LOCAL_BASE"] === "true",
    limits: { ...defaultLimits, maxBytes },
    ...(command.cache && { cache: new BaseCache(command.cache) }),
  };
}

/** Where the init container of a base image puts its ISO. */
function preparedBase(work: string): string {
  return join(work, "base.iso");
}

function baseImage(env: Environment): string {
  const image = required(env, "ELEMENTAL_BASE_IMAGE");
  // A leading dash would be taken for a flag by the programs that get the value.
  if (baseReference(image).kind === "image" && /^-|\s/.test(image)) {
    throw new BuildError("Usage", `${JSON.stringify(image)} is neither an image nor a URL: mend spec.baseImage`);
  }
  return image;
}

function required(env: Environment, name: string): string {
  const value = env[name];
  if (!value) throw new BuildError("Usage", `${name} is not set`);
  return value;
}
