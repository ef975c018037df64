import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { byCodePoint } from "@elemental/protocol";
import type { Host } from "./host.ts";

type Paths = Pick<Host, "path">;

/** The text of a file, undefined when it cannot be read for whatever reason. */
export function readText(host: Paths, path: string): string | undefined {
  try {
    return readFileSync(host.path(path), "utf8");
  } catch {
    return undefined;
  }
}

/** Names in a directory in byte order, none when it cannot be read. */
export function listNames(host: Paths, path: string): string[] {
  try {
    return readdirSync(host.path(path)).sort(byCodePoint);
  } catch {
    return [];
  }
}

/** The text of a symbolic link, undefined when `path` is none. */
export function readLink(host: Paths, path: string): string | undefined {
  try {
    return readlinkSync(host.path(path));
  } catch {
    return undefined;
  }
}

/** Whether something exists at `path`, links followed. */
export function exists(host: Paths, path: string): boolean {
  return statSync(host.path(path), { throwIfNoEntry: false }) !== undefined;
}

export function isDirectory(host: Paths, path: string): boolean {
  return statSync(host.path(path), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Creates a directory and its parents; an existing one keeps its mode. */
export function makeDirectory(host: Paths, path: string, mode = 0o700): void {
  mkdirSync(host.path(path), { recursive: true, mode });
}

/** Replaces a file so that after a crash either the old or the new content is there, mode 0600 whatever the umask. */
export function writeAtomically(host: Paths, path: string, content: string): void {
  const target = host.path(path);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, "w", 0o600);
    try {
      chmodSync(temporary, 0o600);
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, target);
    syncDirectory(dirname(target));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Makes the rename itself durable. */
function syncDirectory(path: string): void {
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
