import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { copyFile, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { HostFacts } from "@elemental/register-client/testing";
import { type SerialConsole, serialConsole } from "./serial-console.ts";
import { startMachineTpm } from "./tpm.ts";

export type Firmware = "bios" | "uefi";

export interface VirtualMachineOptions {
  firmware: Firmware;
  /** Serial number, UUID and MAC address. */
  facts: HostFacts;
  /** The image in its drive. */
  iso: string;
  /** Where its disk and `console.log` lie; created when missing. */
  directory: string;
  onLine?: (line: string) => void;
}

/** A machine with a TPM and an empty disk, started from the image in its drive; once installed, from its disk. */
export interface VirtualMachine {
  console: SerialConsole;
  /** Its disk, a raw image. */
  disk: string;
  /** Cuts the power and removes the disk. */
  stop(): Promise<void>;
}

export const manufacturer = "Elemental";
export const product = "Demo VM";

/** The host, as the guest sees it: connections there arrive at the host's loopback address. */
export const hostAddress = "10.0.2.2";

const diskBytes = 4 * 1024 ** 3;
const memoryMiB = 1024;
const ovmf = { code: "/usr/share/OVMF/OVMF_CODE_4M.fd", variables: "/usr/share/OVMF/OVMF_VARS_4M.fd" };

/** Starts a machine in QEMU, without hardware virtualisation, so that it runs everywhere. */
export async function startVirtualMachine(options: VirtualMachineOptions): Promise<VirtualMachine> {
  const { directory, onLine = () => {} } = options;
  await mkdir(directory, { recursive: true });
  const disk = join(directory, "disk.img");
  const file = await open(disk, "w");
  await file.truncate(diskBytes);
  await file.close();
  const tpm = await startMachineTpm();
  const firmware = options.firmware === "uefi" ? await uefiArguments(directory) : [];
  const args = [...firmware, ...machineArguments(options.facts), ...driveArguments(disk, options.iso)];
  const child = spawn("qemu-system-x86_64", [...args, ...tpmArguments(tpm.control)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const ended = Promise.race([once(child, "close"), once(child, "error")]);
  const log = createWriteStream(join(directory, "console.log"));
  const console = serialConsole(child.stdout, (line) => {
    log.write(`${line}\n`);
    onLine(line);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => onLine(`qemu: ${text.trim()}`));
  return {
    console,
    disk,
    async stop() {
      kill();
      await ended;
      process.off("exit", kill);
      await tpm.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function uefiArguments(directory: string): Promise<string[]> {
  const variables = join(directory, "variables.fd");
  await copyFile(ovmf.variables, variables);
  const flash = [`file=${ovmf.code},readonly=on`, `file=${variables}`];
  return flash.flatMap((it) => ["-drive", `if=pflash,format=raw,${it}`]);
}

function machineArguments({ uuid, serial, nics }: HostFacts): string[] {
  const system = { manufacturer, product, serial, uuid };
  const smbios = Object.entries(system).map(([name, value]) => `${name}=${value}`);
  return [
    ...["-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-m", String(memoryMiB)],
    ...["-nodefaults", "-display", "none", "-serial", "stdio", "-device", "virtio-rng-pci"],
    ...["-smbios", ["type=1", ...smbios].join(",")],
    ...["-netdev", "user,id=net", "-device", `virtio-net-pci,netdev=net,romfile=,mac=${nics[0]?.mac}`],
  ];
}

/** The disk comes first in the boot order: as long as it is empty, the firmware goes on to the drive. */
function driveArguments(disk: string, iso: string): string[] {
  return [
    ...["-drive", `if=none,id=disk,format=raw,cache=unsafe,file=${disk}`],
    ...["-device", "virtio-blk-pci,drive=disk,bootindex=0"],
    ...["-drive", `if=none,id=medium,format=raw,media=cdrom,readonly=on,file=${iso}`],
    ...["-device", "ide-cd,drive=medium,bootindex=1"],
  ];
}

function tpmArguments(control: string): string[] {
  return [
    ...["-chardev", `socket,id=tpm,path=${control}`],
    ...["-tpmdev", "emulator,id=tpm0,chardev=tpm", "-device", "tpm-tis,tpmdev=tpm0"],
  ];
}
