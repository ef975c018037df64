import { readFileSync } from "node:fs";
import { emptyMap } from "@elemental/protocol";
import { ClientError, messageOf } from "../errors.ts";
import { exists } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { parseFile } from "./file.ts";
import { isNothing, type Tree } from "./tree.ts";

/**
 * The labels of a flat map: scalars become the text they were written as. `nulls` says what a null value becomes: an
 * empty label, or none. Throws an Error that names the offending key.
 */
export function labelsOf(tree: Tree | undefined, nulls: "empty" | "dropped"): Record<string, string> {
  const labels = emptyMap<string>();
  if (isNothing(tree)) return labels;
  if (tree.kind !== "map") throw new Error("labels must be a map");
  for (const [key, member] of tree.members) {
    if (member.kind !== "scalar") throw new Error(`label ${JSON.stringify(key)} must be a text`);
    if (member.value !== null || nulls === "empty") labels[key] = member.text;
  }
  return labels;
}

/** The labels file; none when it cannot be found. Throws a ClientError `Configuration` that names the path. */
export function readLabelsFile(host: Host, path: string): Record<string, string> {
  if (!present(host, path)) return {};
  try {
    return labelsOf(parseFile(readFileSync(host.path(path), "utf8"), path), "empty");
  } catch (error) {
    if (error instanceof ClientError) throw error;
    throw new ClientError("Configuration", `cannot use the labels file ${path}: ${messageOf(error)}`, { cause: error });
  }
}

function present(host: Host, path: string): boolean {
  try {
    return exists(host, path);
  } catch {
    return false;
  }
}
