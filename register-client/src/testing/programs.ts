import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultFacts, type HostFacts } from "./host-tree.ts";

/** Puts a shell script as program `name` on the machine's PATH, which is `<root>/bin`. */
export function addProgram(root: string, name: string, script: string): void {
  const bin = join(root, "bin");
  mkdirSync(bin, { recursive: true });
  const path = join(bin, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** The host data programs of a machine: `dmidecode` and `ip` answer from its facts, `ethtool` knows nothing. */
export function addHostPrograms(root: string, facts: HostFacts = defaultFacts): void {
  addProgram(root, "dmidecode", `case "$2" in\n1) ${quotedText(systemInformation(facts))};;\n*) echo;;\nesac`);
  addProgram(root, "ip", 'echo "[]"');
  addProgram(root, "ethtool", "exit 1");
}

function systemInformation({ uuid, serial }: HostFacts): string {
  return [
    "# dmidecode 3.4",
    "",
    "Handle 0x0100, DMI type 1, 27 bytes",
    "System Information",
    "\tManufacturer: QEMU",
    "\tProduct Name: Standard PC (Q35 + ICH9, 2009)",
    `\tSerial Number: ${serial}`,
    `\tUUID: ${uuid}`,
    "",
  ].join("\n");
}

/** A command that prints `text`. */
export function quotedText(text: string): string {
  return `printf '%s\\n' '${text.replaceAll("'", "'\\''")}'`;
}

/** A script that appends its own name and arguments to `<root>/calls`, one line per call, then does `more`. */
export function addRecorder(root: string, name: string, more = ""): void {
  addProgram(root, name, `echo "${name} $*" >> '${join(root, "calls")}'\n${more}`);
}

/** Programs that would change the real system, although the machine is only a directory: they are recorded instead. */
export function addSystemRecorders(root: string): void {
  const connections = join(root, "etc/NetworkManager/system-connections");
  addRecorder(root, "find", `rm -f '${connections}'/*.nmconnection`);
  for (const name of ["nmcli", "nmstatectl", "nmc", "systemctl", "mount", "umount"]) addRecorder(root, name);
}
