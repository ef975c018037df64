import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";

export const architectures = ["x64", "arm64"] as const;
export type Architecture = (typeof architectures)[number];

const cache = resolve(".cache/node");

/**
 * The pinned Node's program for an architecture: the one that runs this, or for a foreign one that of its npm package
 * `node-linux-<arch>`, kept in .cache. Throws an Error when the registry does not have it.
 */
export function nodeBinary(architecture: Architecture): Buffer {
  if (process.platform === "linux" && architecture === process.arch) return readFileSync(process.execPath);
  const version = process.versions.node;
  const path = join(cache, `node-${version}-linux-${architecture}`);
  try {
    return readFileSync(path);
  } catch {
    fetchNode(`node-linux-${architecture}@${version}`, path);
    return readFileSync(path);
  }
}

/** npm checks the package against the registry's checksum. */
function fetchNode(wanted: string, path: string): void {
  const directory = `${path}.fetching`;
  mkdirSync(directory, { recursive: true });
  run("npm", [
    "install",
    "--prefix",
    directory,
    "--no-save",
    "--force",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    wanted,
  ]);
  renameSync(join(directory, "node_modules", wanted.replace(/@.*/, ""), "bin/node"), path);
}

function run(command: string, args: readonly string[]): void {
  const { status, error, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${error?.message ?? stderr}`);
}
