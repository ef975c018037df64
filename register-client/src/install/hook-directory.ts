import { chmodSync, lstatSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { ClientError, messageOf } from "../errors.ts";
import { makeDirectory, writeAtomically } from "../host/files.ts";
import type { Host } from "../host/host.ts";

/** Where the toolkit looks for hooks of this run. */
export const hookDirectory = "/tmp/elemental/cloud-init";

const hookFile = `${hookDirectory}/elemental-before-hook.yaml`;

/**
 * Writes the hook as the only file of its directory. Everything in it would be executed with all rights, so a directory
 * that someone else prepared is refused. Throws a ClientError `Host`.
 */
export function writeHook(host: Host, document: string): void {
  try {
    for (const directory of [dirname(hookDirectory), hookDirectory]) refuseForeign(host, directory);
    removeHook(host);
    makeDirectory(host, hookDirectory);
    chmodSync(host.path(hookDirectory), 0o700);
    writeAtomically(host, hookFile, document);
  } catch (error) {
    throw new ClientError("Host", `cannot write the toolkit's hook: ${messageOf(error)}`, { cause: error });
  }
}

/** Removes the hook and its directory; it holds credentials. */
export function removeHook(host: Host): void {
  rmSync(host.path(hookDirectory), { recursive: true, force: true });
}

function refuseForeign(host: Host, directory: string): void {
  const found = lstatSync(host.path(directory), { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isDirectory()) throw new Error(`${directory} is no directory`);
  if (found.uid !== process.geteuid?.()) throw new Error(`${directory} belongs to another user`);
}
