import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { open, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { Base } from "../base/acquire.ts";
import { deduplicate } from "../layered/deduplicate.ts";
import { literalFile, recipeFile, writeRecipe } from "../layered/recipe.ts";
import { partialName, publish, publishChecksum } from "./publish.ts";

/** Takes an image as it is made, and publishes it with its checksum. */
export interface ImageStore {
  write(image: AsyncIterable<Buffer>): Promise<void>;
  /** After everything went well: the image is there. */
  publish(): Promise<void>;
  /** After a failure: nothing is left. */
  discard(): Promise<void>;
}

/** Stores what the base does not have, where the base is kept for all images; else the whole image. */
export function imageStore(output: string, base: Base): ImageStore {
  return base.digest === undefined ? wholeFile(output) : layers(output, { path: base.path, digest: base.digest });
}

function wholeFile(output: string): ImageStore {
  const hash = createHash("sha256");
  return {
    async write(image) {
      const hashed = async function* () {
        for await (const chunk of image) {
          hash.update(chunk);
          yield chunk;
        }
      };
      await pipeline(hashed, createWriteStream(partialName(output)));
    },
    publish: () => publish(output, hash.digest("hex")),
    discard: () => rm(partialName(output), { force: true }),
  };
}

function layers(output: string, base: Required<Base>): ImageStore {
  let made: Awaited<ReturnType<typeof deduplicate>>;
  return {
    async write(image) {
      await using source = await open(base.path);
      await using rest = await open(literalFile(output), "w");
      made = await deduplicate(image, source, rest);
    },
    async publish() {
      const { extents, size, sha256 } = made;
      await publishChecksum(output, sha256);
      await writeRecipe(output, { version: 1, base: base.digest, size, extents });
    },
    async discard() {
      for (const file of [literalFile(output), recipeFile(output)]) await rm(file, { force: true });
    },
  };
}
