import { existsSync, readdirSync, readFileSync } from "node:fs";
import { observeCall, type ToolkitCall } from "../../machine/toolkit-call.ts";

/** What the stand-in of `elemental` saw when it was called to install. */
export interface StubRecord extends ToolkitCall {
  kernelCommandLine: string;
  /** Names in /run/initramfs/live, with a slash after those of directories. */
  liveMedium: string[];
  /** Whether the firmware is UEFI. */
  uefi: boolean;
}

const medium = "/run/initramfs/live";

/** Looks at the call, and shows it on the console without the texts of the hook files, which hold credentials. */
export function recordCall(argv: string[]): StubRecord {
  const names = existsSync(medium) ? readdirSync(medium, { withFileTypes: true }) : [];
  const record: StubRecord = {
    ...observeCall("/", argv, process.env),
    kernelCommandLine: readFileSync("/proc/cmdline", "utf8").trim(),
    liveMedium: names.map((entry) => `${entry.name}${entry.isDirectory() ? "/" : ""}`),
    uefi: existsSync("/sys/firmware/efi"),
  };
  const shown = Object.entries(record.hookFiles).map(([path, { sha256 }]) => [path, sha256]);
  const text = JSON.stringify({ ...record, hookFiles: Object.fromEntries(shown) }, null, 1);
  process.stdout.write(`===ELEMENTAL-STUB-BEGIN===\n${text}\n===ELEMENTAL-STUB-END===\n`);
  return record;
}
