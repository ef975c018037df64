import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "../media/index.ts";

const SECTOR = 512;

export interface Partition {
  name: string;
  /** Where it starts, in bytes. */
  start: number;
}

/** The partitions of a raw disk image with a GUID partition table (UEFI 2.10, 5.3). Throws when it has none. */
export async function readPartitions(disk: string): Promise<Partition[]> {
  const file = await open(disk);
  try {
    const header = await read(file, SECTOR, SECTOR);
    if (header.toString("latin1", 0, 8) !== "EFI PART") throw new Error(`${disk} has no GUID partition table`);
    const [at, count, size] = [Number(header.readBigUInt64LE(72)), header.readUInt32LE(80), header.readUInt32LE(84)];
    const table = await read(file, at * SECTOR, count * size);
    const entries = Array.from({ length: count }, (_, index) => table.subarray(index * size, (index + 1) * size));
    return entries.filter((entry) => entry.subarray(0, 16).some((byte) => byte !== 0)).map(partitionOf);
  } finally {
    await file.close();
  }
}

function partitionOf(entry: Buffer): Partition {
  const name = entry.toString("utf16le", 56, 128).replace(/\0+$/, "");
  return { name, start: Number(entry.readBigUInt64LE(32)) * SECTOR };
}

async function read(file: Awaited<ReturnType<typeof open>>, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  await file.read(buffer, 0, length, position);
  return buffer;
}

/** The content of a file on an ext4 partition of a raw disk image. Throws when the disk has no such partition or file. */
export async function readInstalledFile(disk: string, partition: string, path: string): Promise<string> {
  const found = (await readPartitions(disk)).find(({ name }) => name === partition);
  if (!found) throw new Error(`${disk} has no partition ${partition}`);
  const directory = await mkdtemp(join(tmpdir(), "elemental-disk-"));
  try {
    const copy = join(directory, "file");
    await runTool("debugfs", ["-R", `dump ${path} ${copy}`, `${disk}?offset=${found.start}`]);
    return await readFile(copy, "utf8");
  } finally {
    await rm(directory, { recursive: true });
  }
}
