import { open } from "node:fs/promises";
import { BuildError } from "../errors.ts";

/** ECMA-119: sectors of 2048 bytes, volume descriptors from sector 16 on. */
export const sectorBytes = 2048;
const firstDescriptor = 16;
const mostDescriptors = 64;
const primary = 1;
const terminator = 255;

export interface IsoVolume {
  volumeId: string;
  /** Size of the volume as its descriptor says. */
  bytes: number;
}

/** Reads the primary volume descriptor. Throws BuildError `BaseInvalid` when the file is no complete ISO 9660 image. */
export async function readIsoVolume(path: string, name: string): Promise<IsoVolume> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    for (let sector = firstDescriptor; sector < firstDescriptor + mostDescriptors; sector++) {
      const descriptor = Buffer.alloc(sectorBytes);
      const { bytesRead } = await file.read(descriptor, 0, sectorBytes, sector * sectorBytes);
      if (bytesRead < sectorBytes || descriptor.toString("latin1", 1, 6) !== "CD001") break;
      if (descriptor[0] === primary) return checked(descriptor, size, name);
      if (descriptor[0] === terminator) break;
    }
  } finally {
    await file.close();
  }
  throw new BuildError("BaseInvalid", `${name} is not an ISO 9660 image: set spec.baseImage to a live ISO`);
}

function checked(descriptor: Buffer, fileBytes: number, name: string): IsoVolume {
  const bytes = descriptor.readUInt32LE(80) * sectorBytes;
  if (bytes > fileBytes) {
    throw new BuildError("BaseInvalid", `${name} is truncated: it has ${fileBytes} of ${bytes} bytes`);
  }
  return { volumeId: descriptor.toString("latin1", 40, 72).trimEnd(), bytes };
}
