import type { FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { sectorBytes } from "../base/iso9660.ts";

const chunkBytes = 512 * sectorBytes;

/** Finds sectors of a file by their content: about 16 bytes of memory per sector of 2048. */
export class SectorIndex {
  readonly #mask: number;
  readonly #checksums: Uint32Array;
  /** Sector number + 1; 0 is a free place. */
  readonly #sectors: Uint32Array;

  private constructor(sectors: number) {
    const places = 2 ** Math.ceil(Math.log2(Math.max(2, sectors * 2)));
    this.#mask = places - 1;
    this.#checksums = new Uint32Array(places);
    this.#sectors = new Uint32Array(places);
  }

  static async of(file: FileHandle): Promise<SectorIndex> {
    const { size } = await file.stat();
    const index = new SectorIndex(Math.floor(size / sectorBytes));
    const chunk = Buffer.alloc(chunkBytes);
    for (let offset = 0; offset < size; offset += chunkBytes) {
      const { bytesRead } = await file.read(chunk, 0, chunkBytes, offset);
      for (let at = 0; at + sectorBytes <= bytesRead; at += sectorBytes) {
        index.#add(crc32(chunk.subarray(at, at + sectorBytes)), (offset + at) / sectorBytes);
      }
    }
    return index;
  }

  /** The first sector that probably has this content: compare before use. */
  find(content: Buffer): number | undefined {
    const place = this.#place(crc32(content));
    const found = this.#sectors[place] ?? 0;
    return found === 0 ? undefined : found - 1;
  }

  /** Of several sectors with one content the first is kept. */
  #add(checksum: number, sector: number): void {
    const place = this.#place(checksum);
    if (this.#sectors[place] !== 0) return;
    this.#checksums[place] = checksum;
    this.#sectors[place] = sector + 1;
  }

  #place(checksum: number): number {
    let place = checksum & this.#mask;
    while (this.#sectors[place] !== 0 && this.#checksums[place] !== checksum) place = (place + 1) & this.#mask;
    return place;
  }
}
