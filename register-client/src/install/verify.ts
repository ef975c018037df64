import { mkdtempSync, rmdirSync } from "node:fs";
import { ClientError } from "../errors.ts";
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
  await runChecked(host, "mount", ["-o", "ro", host.path(oemDevice), mountPoint]);
  try {
    const found = { path: (path: string) => `${mountPoint}${path}` };
    const missing = Object.values(oemFiles).filter((file) => !exists(found, `/${file}`));
    if (missing.length > 0) {
      throw new ClientError("Toolkit", `the installation left no ${missing.join(", ")} on the OEM partition`);
    }
  } finally {
    await runChecked(host, "umount", [mountPoint]);
    rmdirSync(mountPoint);
  }
}
