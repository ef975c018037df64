import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { sectorBytes } from "../base/iso9660.ts";
import { append, type Extent, fromBase, literal } from "./recipe.ts";
import { SectorIndex } from "./sector-index.ts";

const blockBytes = 512 * sectorBytes;

export interface Deduplicated {
  extents: Extent[];
  size: number;
  sha256: string;
}

/**
 * Writes only that part of an image to `rest` that its base does not have. An ISO keeps the order of its base's files, so
 * long runs of sectors are found at one distance; the index finds where a run begins.
 */
export async function deduplicate(
  image: AsyncIterable<Buffer>,
  base: FileHandle,
  rest: FileHandle,
): Promise<Deduplicated> {
  const runs = new Runs(base, rest, await SectorIndex.of(base));
  const hash = createHash("sha256");
  for await (const block of blocksOf(image)) {
    hash.update(block);
    await runs.add(block);
  }
  return { extents: runs.extents, size: runs.size, sha256: hash.digest("hex") };
}

class Runs {
  readonly extents: Extent[] = [];
  size = 0;
  readonly #base: FileHandle;
  readonly #rest: FileHandle;
  readonly #index: SectorIndex;
  readonly #read = Buffer.alloc(blockBytes);
  #restBytes = 0;
  /** From an offset in the image to the one in the base, within the current run. */
  #distance = 0;

  constructor(base: FileHandle, rest: FileHandle, index: SectorIndex) {
    this.#base = base;
    this.#rest = rest;
    this.#index = index;
  }

  async add(block: Buffer): Promise<void> {
    let unknown = 0;
    for (let at = 0; at < block.length; ) {
      const same = await this.#sameBytes(block, at);
      if (same === 0) {
        at += sectorBytes;
        continue;
      }
      await this.#keep(block.subarray(unknown, at));
      append(this.extents, [fromBase, this.size + at + this.#distance, same]);
      at += same;
      unknown = at;
    }
    await this.#keep(block.subarray(unknown));
    this.size += block.length;
  }

  /** How much of the block from `at` on is in the base in one piece: at the distance of the run, or elsewhere. */
  async #sameBytes(block: Buffer, at: number): Promise<number> {
    const continued = await this.#sameAt(block, at, this.size + at + this.#distance);
    if (continued > 0) return continued;
    const sector = block.subarray(at, at + sectorBytes);
    const found = sector.length === sectorBytes ? this.#index.find(sector) : undefined;
    if (found === undefined) return 0;
    const same = await this.#sameAt(block, at, found * sectorBytes);
    if (same > 0) this.#distance = found * sectorBytes - this.size - at;
    return same;
  }

  /** A block is compared as a whole only where its first sector is right. */
  async #sameAt(block: Buffer, at: number, offset: number): Promise<number> {
    const sector = block.subarray(at, at + sectorBytes);
    if (offset < 0 || !sector.equals(await this.#readBase(sector.length, offset))) return 0;
    const wanted = block.subarray(at);
    const there = await this.#readBase(wanted.length, offset);
    if (wanted.equals(there)) return wanted.length;
    let same = sectorBytes;
    while (same < there.length && sectorAt(wanted, same).equals(sectorAt(there, same))) same += sectorBytes;
    return Math.min(same, there.length);
  }

  /** Valid until the next call; shorter at the end of the base. */
  async #readBase(length: number, offset: number): Promise<Buffer> {
    const { bytesRead } = await this.#base.read(this.#read, 0, length, offset);
    return this.#read.subarray(0, bytesRead);
  }

  async #keep(bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return;
    await this.#rest.write(bytes, 0, bytes.length, this.#restBytes);
    append(this.extents, [literal, this.#restBytes, bytes.length]);
    this.#restBytes += bytes.length;
  }
}

function sectorAt(buffer: Buffer, offset: number): Buffer {
  return buffer.subarray(offset, offset + sectorBytes);
}

/** The stream in blocks of one size, the last one shorter; a block is valid until the next is asked for. */
async function* blocksOf(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const block = Buffer.alloc(blockBytes);
  let filled = 0;
  for await (const chunk of stream) {
    for (let taken = 0; taken < chunk.length; ) {
      const count = chunk.copy(block, filled, taken);
      taken += count;
      filled += count;
      if (filled < blockBytes) continue;
      yield block;
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}
