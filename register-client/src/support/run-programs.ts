import type { CommandResult, Host } from "../host/host.ts";
import type { SupportArchive } from "./archive.ts";
import { services, versionCommands } from "./sources.ts";

/** Keeps the journals of the services that have one. */
export async function collectJournals(host: Host, archive: SupportArchive): Promise<void> {
  for (const service of services) {
    const unit = await runQuietly(host, "systemctl", ["cat", service]);
    const selector = unit?.status === 0 ? "-u" : "-t";
    const journal = await runQuietly(host, "journalctl", [selector, service, "-o", "short-iso"]);
    if (journal?.status === 0) archive.add(`${service}.log`, journal.stdout);
  }
}

/** Keeps what the programs of this system say of their versions; a missing program leaves an empty file. */
export async function collectVersions(host: Host, archive: SupportArchive): Promise<void> {
  for (const [name, [command, args]] of Object.entries(versionCommands)) {
    const result = await runQuietly(host, command, args);
    archive.add(name, result ? result.stdout + result.stderr : "");
  }
}

/** The result of a program, undefined when it cannot be started. */
export function runQuietly(host: Host, command: string, args: readonly string[]): Promise<CommandResult | undefined> {
  return host.capture(command, args).catch(() => undefined);
}
