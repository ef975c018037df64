import { listNames, readText } from "./files.ts";
import type { Host } from "./host.ts";

export interface Disk {
  name: string;
  sizeBytes: bigint;
  driveType: string;
  storageController: string;
  removable: boolean;
  readOnly: boolean;
  hidden: boolean;
  model: string;
  physicalBlockSizeBytes: bigint;
  properties: ReadonlyMap<string, string>;
}

const SECTOR_BYTES = 512n;

/** Disks of the machine in byte order of their names, without unused loop devices (register-client-and-media 3.5). */
export function listDisks(host: Host): Disk[] {
  return listNames(host, "/sys/block")
    .map((name) => readDisk(host, name))
    .filter(({ name, sizeBytes }) => !(name.startsWith("loop") && sizeBytes === 0n));
}

function readDisk(host: Host, name: string): Disk {
  const read = (file: string) => readText(host, `/sys/block/${name}/${file}`)?.trim() ?? "";
  const properties = udevProperties(host, read("dev"));
  return {
    name,
    sizeBytes: unsigned(read("size")) * SECTOR_BYTES,
    driveType: driveType(name, read("queue/rotational") === "1"),
    storageController: byPrefix(name, controllers),
    removable: read("removable") === "1",
    readOnly: read("ro") === "1",
    hidden: read("hidden") === "1",
    model: properties.get("ID_MODEL") ?? "unknown",
    physicalBlockSizeBytes: unsigned(read("queue/physical_block_size")),
    properties,
  };
}

function unsigned(text: string): bigint {
  return /^\d+$/.test(text) ? BigInt(text) : 0n;
}

/** What udev found out about a block device, by its `major:minor`. */
export function udevProperties(host: Host, device: string): Map<string, string> {
  const text = device === "" ? undefined : readText(host, `/run/udev/data/b${device}`);
  const properties = new Map<string, string>();
  for (const line of text?.split("\n") ?? []) {
    const [, key, value] = /^E:([^=]+)=(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) properties.set(key, value);
  }
  return properties;
}

const rotatingTypes: readonly [string, string][] = [
  ["sd", "HDD"],
  ["hd", "HDD"],
  ["vd", "HDD"],
  ["xvd", "HDD"],
  ["sr", "ODD"],
  ["fd", "FDD"],
  ["loop", "virtual"],
  ["nvme", "SSD"],
  ["mmc", "SSD"],
];

const controllers: readonly [string, string][] = [
  ["sd", "SCSI"],
  ["sr", "SCSI"],
  ["xvd", "SCSI"],
  ["hd", "IDE"],
  ["vd", "virtio"],
  ["nvme", "NVMe"],
  ["mmc", "MMC"],
  ["loop", "loop"],
];

function driveType(name: string, rotational: boolean): string {
  return rotational ? byPrefix(name, rotatingTypes) : "SSD";
}

function byPrefix(name: string, table: readonly [string, string][]): string {
  return table.find(([prefix]) => name.startsWith(prefix))?.[1] ?? "Unknown";
}
