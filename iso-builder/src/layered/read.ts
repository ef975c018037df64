import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";
import { blobFile } from "../base/cache.ts";
import type { ByteRange } from "../serve/ranges.ts";
import { type Extent, fromBase, literalFile, type Recipe, readRecipe } from "./recipe.ts";

const chunkBytes = 256 * 1024;

export interface LayeredImage {
  size: number;
  modified: Date;
  open(range: ByteRange): Readable;
  close(): Promise<void>;
}

/**
 * An image that was stored as a recipe; undefined when there is none. Its files stay open, so that a base that is removed from
 * the cache is not missed. Rejects when a file is gone already.
 */
export async function openLayered(image: string, cache: string): Promise<LayeredImage | undefined> {
  const found = await readRecipe(image);
  if (!found) return undefined;
  const { recipe, modified } = found;
  const base = await open(blobFile(cache, recipe.base));
  const rest = await open(literalFile(image));
  return {
    size: recipe.size,
    modified,
    open: (range) => Readable.from(read(recipe, { base, rest }, range)),
    async close() {
      await Promise.all([base.close(), rest.close()]);
    },
  };
}

async function* read(
  { extents }: Recipe,
  files: { base: FileHandle; rest: FileHandle },
  range: ByteRange,
): AsyncGenerator<Buffer> {
  let position = 0;
  for (const [source, offset, length] of extents) {
    const skipped = Math.max(0, range.first - position);
    const wanted = Math.min(length, range.last + 1 - position) - skipped;
    const file = source === fromBase ? files.base : files.rest;
    if (wanted > 0) yield* readPart(file, [source, offset + skipped, wanted]);
    position += length;
    if (position > range.last) return;
  }
}

async function* readPart(file: FileHandle, [, offset, length]: Extent): AsyncGenerator<Buffer> {
  for (let done = 0; done < length; ) {
    const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, length - done));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset + done);
    if (bytesRead === 0) throw new Error("a file of the image is shorter than its recipe says");
    yield buffer.subarray(0, bytesRead);
    done += bytesRead;
  }
}
