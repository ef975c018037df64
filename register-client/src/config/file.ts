import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { ClientError, messageOf } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { parseTree, type Tree } from "./tree.ts";

const extensions = new Set([".yaml", ".yml", ".json"]);

/**
 * Reads the configuration file; undefined for an empty one, and for a missing one when `optional`. Throws a ClientError
 * `Configuration` that names the path.
 */
export function readConfigFile(host: Host, path: string, optional: boolean): Tree | undefined {
  const extension = extname(path);
  if (!extensions.has(extension)) {
    throw new ClientError("Configuration", `Unsupported Config Type ${JSON.stringify(extension.slice(1))} of ${path}`);
  }
  let text: string;
  try {
    text = readFileSync(host.path(path), "utf8");
  } catch (error) {
    if (optional && (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new ClientError("Configuration", `cannot read the configuration file ${path}: ${reason(error)}`, {
      cause: error,
    });
  }
  return parseFile(text, path);
}

/** Parses a file of the machine's owner. Throws a ClientError `Configuration` that names the path. */
export function parseFile(text: string, path: string): Tree | undefined {
  try {
    return parseTree(text);
  } catch (error) {
    throw new ClientError("Configuration", `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" ? "it does not exist" : (code ?? messageOf(error));
}
