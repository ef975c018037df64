import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import { sectorBytes } from "../base/iso9660.ts";
import { temporaryDirectory } from "../testing/base-iso.ts";
import { deduplicate } from "./deduplicate.ts";
import { type LayeredImage, openLayered } from "./read.ts";
import { literalFile, writeRecipe } from "./recipe.ts";

const digest = "a".repeat(64);

/** Stores `content` as a recipe over `base` in `directory`, given in pieces of odd sizes. */
async function store(directory: string, base: Buffer, content: Buffer) {
  await mkdir(join(directory, "blobs"), { recursive: true });
  await writeFile(join(directory, "blobs", `${digest}.iso`), base);
  const image = join(directory, "image.iso");
  await using source = await open(join(directory, "blobs", `${digest}.iso`));
  await using rest = await open(literalFile(image), "w");
  const pieces = async function* () {
    for (let at = 0; at < content.length; ) {
      const piece = content.subarray(at, at + 1 + Math.floor(Math.random() * 300_000));
      at += piece.length;
      yield piece;
    }
  };
  const { extents, size, sha256 } = await deduplicate(pieces(), source, rest);
  await writeRecipe(image, { version: 1, base: digest, size, extents });
  return { image, extents, size, sha256, stored: (await stat(literalFile(image))).size };
}

async function opened(image: string, cache: string): Promise<LayeredImage & AsyncDisposable> {
  const layered = await openLayered(image, cache);
  if (!layered) throw new Error("there is no recipe");
  return { ...layered, [Symbol.asyncDispose]: layered.close };
}

function sectors(count: number): Buffer {
  return randomBytes(count * sectorBytes);
}

const base = Buffer.concat([sectors(3000), Buffer.alloc(500 * sectorBytes), sectors(100)]);
const moved = (distance: number) => Buffer.concat([sectors(distance), base]);

test.each([
  ["the base itself", base, 0],
  ["the base, moved", moved(7), 7],
  ["the base, moved by more than a block", moved(600), 600],
  ["a part of the base", base.subarray(50 * sectorBytes, 2000 * sectorBytes), 0],
  ["a base whose middle was replaced", Buffer.concat([base.subarray(0, 4096), sectors(9), base.subarray(40_960)]), 9],
  ["parts in another order", Buffer.concat([base.subarray(4096 * 500), base.subarray(0, 4096 * 400)]), 0],
  ["a base and a bit", Buffer.concat([base, Buffer.from("bit")]), 1],
  ["nothing of the base", sectors(700), 700],
  ["a base that ends with itself", Buffer.concat([base, base.subarray(-4096), sectors(20)]), 20],
  ["nothing", Buffer.alloc(0), 0],
])("%s comes back byte for byte, and only what is new is stored", async (_, content, newSectors) => {
  await using directory = await temporaryDirectory();
  const made = await store(directory.path, base, content);
  expect(made.size).toBe(content.length);
  expect(made.sha256).toBe(createHash("sha256").update(content).digest("hex"));
  expect(made.stored).toBeLessThanOrEqual(newSectors * sectorBytes);
  await using layered = await opened(made.image, directory.path);
  expect((await buffer(layered.open({ first: 0, last: content.length - 1 }))).equals(content)).toBe(true);
});

test("any part can be read", async () => {
  await using directory = await temporaryDirectory();
  const content = Buffer.concat([sectors(3), base.subarray(0, 5000), sectors(2), base.subarray(8192)]);
  const { image } = await store(directory.path, base, content);
  await using layered = await opened(image, directory.path);
  for (let round = 0; round < 200; round++) {
    const [a = 0, b = 0] = [0, 0].map(() => Math.floor(Math.random() * content.length)).sort((x, y) => x - y);
    const part = await buffer(layered.open({ first: a, last: b }));
    expect(part.equals(content.subarray(a, b + 1)), `${a}-${b}`).toBe(true);
  }
});

test("an open image outlives the base in the cache; one that is opened later is an error", async () => {
  await using directory = await temporaryDirectory();
  const { image } = await store(directory.path, base, base);
  await using layered = await opened(image, directory.path);
  await rm(join(directory.path, "blobs"), { recursive: true });
  expect((await buffer(layered.open({ first: 0, last: 99 }))).equals(base.subarray(0, 100))).toBe(true);
  await expect(openLayered(image, directory.path)).rejects.toThrow("ENOENT");
  expect(await openLayered(join(directory.path, "other.iso"), directory.path)).toBeUndefined();
});
