import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Lab } from "./lab.ts";
import { addProgram } from "./programs.ts";

/** A yip document as far as tests look at it. */
export interface ParsedYip {
  name: string;
  stages: Record<string, ParsedStep[]>;
}

export interface ParsedStep {
  name?: string;
  if?: string;
  directories?: { path: string; permissions: number }[];
  files?: { path: string; permissions: number; owner: number; group: number; content: string; encoding: string }[];
  commands?: string[];
}

/** What the recording `elemental` of a lab saw. */
export interface ToolkitRecord {
  argv: string;
  env: Record<string, string>;
  /** The hook as a document, and its mode in octal. */
  hook: ParsedYip;
  listing: string;
}

/** Puts an `elemental` on the lab's PATH that records its call and ends with `status`. */
export function addToolkit(lab: Lab, status = 0): void {
  const hooks = join(lab.root, "tmp/elemental/cloud-init");
  const lines = [
    `echo "elemental $*" > '${lab.root}/elemental.argv'`,
    `env | grep '^ELEMENTAL_' > '${lab.root}/elemental.env'`,
    `cat '${hooks}'/*.yaml > '${lab.root}/elemental.hook'`,
    `stat -c '%a %n' '${hooks}' '${hooks}'/* > '${lab.root}/elemental.listing'`,
    `exit ${status}`,
  ];
  addProgram(lab.root, "elemental", lines.join("\n"));
}

/** The last call; undefined when there was none. */
export function toolkitRecord(lab: Lab): ToolkitRecord | undefined {
  const path = join(lab.root, "elemental.argv");
  if (!existsSync(path)) return undefined;
  const env = lab
    .read("elemental.env")
    .trim()
    .split("\n")
    .map((line) => line.split(/=(.*)/s).slice(0, 2));
  return {
    argv: readFileSync(path, "utf8").trim(),
    env: Object.fromEntries(env) as Record<string, string>,
    hook: parse(lab.read("elemental.hook")) as ParsedYip,
    listing: lab.read("elemental.listing").replaceAll(lab.root, ""),
  };
}
