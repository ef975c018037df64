import { exists, makeDirectory, writeAtomically } from "../host/files.ts";
import type { Host } from "../host/host.ts";

/** Gone at the next start, which is from the installed disk. */
export const installedMark = "/run/elemental/installed";

/** Whether this live system has already installed the machine. */
export function isInstalled(host: Host): boolean {
  return exists(host, installedMark);
}

/** Remembers that the installation is complete, so that no restart of a unit and no technician repeats it. */
export function markInstalled(host: Host): void {
  makeDirectory(host, "/run/elemental", 0o755);
  writeAtomically(host, installedMark, "1");
}
