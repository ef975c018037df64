import { rename, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { checksumLine } from "./checksum.ts";

/** A name in the same directory that nobody is served. */
export function partialName(path: string): string {
  return join(dirname(path), `.${basename(path)}.partial`);
}

/** Puts the checksum file of an image in its place; the image follows, so that it is never there without. */
export async function publishChecksum(image: string, digest: string): Promise<void> {
  const checksum = `${image}.sha256`;
  await writeFile(partialName(checksum), checksumLine(digest, basename(image)));
  await rename(partialName(checksum), checksum);
}

/** Gives a finished partial image its name. */
export async function publish(image: string, digest: string): Promise<void> {
  await publishChecksum(image, digest);
  await rename(partialName(image), image);
}
