import { closeSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";

const SECTOR = 512;
/** Code of a master boot record before its partition table. */
const MBR_CODE_BYTES = 440;
/** Where GRUB's boot.img keeps the sector of core.img, and core.img's first sector that of its rest (GRUB, boot.h). */
const KERNEL_SECTOR_OFFSET = 0x5c;
const BLOCK_LIST_OFFSET = SECTOR - 12;

/** Writes GRUB's two images to `disk` so that a BIOS starts it; `core` goes to the sectors from `start` on. */
export function writeBiosLoader(disk: string, start: number, { boot, core }: { boot: Buffer; core: Buffer }): void {
  const device = openSync(disk, "r+");
  try {
    const mbr = Buffer.alloc(SECTOR);
    readSync(device, mbr, 0, SECTOR, 0);
    boot.copy(mbr, 0, 0, MBR_CODE_BYTES);
    mbr.writeBigUInt64LE(BigInt(start), KERNEL_SECTOR_OFFSET);
    const placed = Buffer.from(core);
    placed.writeBigUInt64LE(BigInt(start + 1), BLOCK_LIST_OFFSET);
    writeSync(device, mbr, 0, SECTOR, 0);
    writeSync(device, placed, 0, placed.length, start * SECTOR);
    fsyncSync(device);
  } finally {
    closeSync(device);
  }
}
