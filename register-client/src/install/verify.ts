import { mkdtempSync, rmdirSync } from "node:fs";
import { ClientError, messageOf } from "../errors.ts";
import { exists } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { runChecked } from "../host/run-checked.ts";
import type { Log } from "../output/log.ts";
import { oemFiles } from "./hook.ts";

const oemDevice = "/dev/disk/by-label/COS_OEM";

/**
 * Looks whether the hook really left its files on the OEM partition: the toolkit ignores hooks that fail, and a node
 * without them never registers again. Where the partition cannot be looked at it is only said so. Throws a ClientError
 * `Toolkit` when a file is missing.
 */
export async function verifyInstallation(host: Host, log: Log): Promise<void> {
  if (!exists(host, oemDevice)) {
    log.record("warning", "the OEM partition cannot be found, its files were not verified");
    return;
  }
  const mountPoint = mkdtempSync(host.path("/tmp/elemental-oem-"));
  try {
    await runChecked(host, "mount", ["-o", "ro", host.path(oemDevice), mountPoint]);
  } catch (error) {
    rmdirSync(mountPoint);
    log.record("warning", `the files on the OEM partition were not verified: ${messageOf(error)}`);
    return;
  }
  try {
    requireFiles(mountPoint);
  } finally {
    await runChecked(host, "umount", [mountPoint]);
    rmdirSync(mountPoint);
  }
}

function requireFiles(mountPoint: string): void {
  const mounted = { path: (path: string) => `${mountPoint}${path}` };
  const missing = Object.values(oemFiles).filter((file) => !exists(mounted, `/${file}`));
  if (missing.length === 0) return;
  throw new ClientError("Toolkit", `the installation left no ${missing.join(", ")} on the OEM partition`);
}
