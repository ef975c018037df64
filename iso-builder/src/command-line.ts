import { parseArgs } from "node:util";
import { BuildError } from "./errors.ts";

/** What the program is asked to do. */
export type Command =
  | { name: "help" }
  | { name: "build"; work: string; overlay: string; cache: string | undefined }
  | { name: "pull"; work: string }
  | { name: "build-disk"; work: string; overlay: string }
  | { name: "serve"; path: string; port: number; lifetimeSeconds: number; cache: string | undefined };

export const help = `Builds a seed image and serves it.

  iso-builder build [--work DIR] [--overlay DIR] [--cache DIR]
      base ISO plus registration and cloud-config -> ISO and checksum in --work (/iso);
      with --cache the base is kept there for all builds, and only what it does not have is in --work
  iso-builder pull [--work DIR]
      takes the base ISO out of a container image, for a platform
  iso-builder build-disk [--work DIR] [--overlay DIR]
      a raw disk image from a container image
  iso-builder [serve] [-d DIR|FILE] [-p PORT] [-t SECONDS] [--cache DIR]
      serves -d (working directory) on -p (80), and ends after -t (0: never); with the cache of its build

Environment: ELEMENTAL_BASE_IMAGE, ELEMENTAL_OUTPUT_NAME, ELEMENTAL_TARGET_PLATFORM, ELEMENTAL_MAX_BYTES,
ELEMENTAL_ALLOW_LOCAL_BASE (true: the base may be a file), POD_IP (serve on this address only)
`;

/** Without a command word it serves, as images of this kind always did. Throws BuildError `Usage`. */
export function parseCommand(args: string[]): Command {
  try {
    const [word, ...rest] = args;
    if (args.includes("--help") || args.includes("-h")) return { name: "help" };
    if (word === undefined || word.startsWith("-")) return parseServe(args);
    if (word === "serve") return parseServe(rest);
    if (word === "build" || word === "pull" || word === "build-disk") return parseBuild(word, rest);
    throw new Error(`unknown command ${word}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BuildError("Usage", `${reason} (--help tells the commands)`, { cause: error });
  }
}

function parseBuild(name: "build" | "pull" | "build-disk", args: string[]): Command {
  const options = { work: { type: "string" }, overlay: { type: "string" }, cache: { type: "string" } } as const;
  const { values } = parseArgs({ args, options });
  const { work = "/iso", overlay = "/overlay", cache } = values;
  return { name, work, overlay, cache };
}

function parseServe(args: string[]): Command {
  const options = {
    directory: { type: "string", short: "d" },
    port: { type: "string", short: "p" },
    timeout: { type: "string", short: "t" },
    cache: { type: "string" },
  } as const;
  const { values } = parseArgs({ args: attachNegative(args), options });
  const { directory = process.cwd(), port = "80", timeout = "0", cache } = values;
  const [portNumber, lifetimeSeconds] = [whole("-p", port, 65_535), whole("-t", timeout)];
  return { name: "serve", path: directory, port: portNumber, lifetimeSeconds, cache };
}

/** `-t -60` is a value, not a flag: a negative lifetime means the same as none. */
function attachNegative(args: string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    if (/^-\d+$/.test(arg) && joined.at(-1) === "-t") joined[joined.length - 1] = `-t${arg}`;
    else joined.push(arg);
  }
  return joined;
}

function whole(flag: string, text: string, most = Number.MAX_SAFE_INTEGER): number {
  if (!/^-?\d+$/.test(text) || Number(text) > most) throw new Error(`${flag} needs a whole number, not ${text}`);
  return Number(text);
}
