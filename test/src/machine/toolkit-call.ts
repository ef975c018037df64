import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inside } from "./place.ts";

/** How the stub of `elemental` was called. */
export interface ToolkitCall {
  argv: string[];
  /** Variables whose names start with ELEMENTAL_. */
  env: Record<string, string>;
  /** Files in the directories of ELEMENTAL_CLOUD_INIT_PATHS, by their paths on the machine. */
  hookFiles: Record<string, { sha256: string; text: string }>;
}

/** What a call looks like from inside the stub. */
export function observeCall(root: string, argv: string[], env: NodeJS.ProcessEnv): ToolkitCall {
  const paths = (env["ELEMENTAL_CLOUD_INIT_PATHS"] ?? "").split(",").filter(Boolean);
  const variables = Object.entries(env).filter(([name]) => name.startsWith("ELEMENTAL_"));
  return {
    argv,
    env: Object.fromEntries(variables.map(([name, value]) => [name, value ?? ""])),
    hookFiles: Object.fromEntries(paths.flatMap((path) => filesIn(root, path))),
  };
}

function filesIn(root: string, directory: string): [string, { sha256: string; text: string }][] {
  const path = inside(root, directory);
  if (!existsSync(path)) return [];
  return readdirSync(path).map((name) => {
    const text = readFileSync(join(path, name), "utf8");
    return [`${directory}/${name}`, { sha256: createHash("sha256").update(text).digest("hex"), text }];
  });
}

/** Where the stub keeps its records: one JSON object per line. */
export function callsFile(root: string): string {
  return join(root, "var/log/elemental-stub.jsonl");
}

/** The recorded calls of a machine's stub, oldest first. */
export function readCalls(root: string): ToolkitCall[] {
  const file = callsFile(root);
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as ToolkitCall);
}
