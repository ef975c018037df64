import { rename, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { checksumLine, sha256 } from "./checksum.ts";

/** A name in the same directory that nobody is served. */
export function partialName(path: string): string {
  return join(dirname(path), `.${basename(path)}.partial`);
}

/** Gives a finished partial image its name, with its checksum file beside it from the first moment on. */
export async function publish(path: string): Promise<void> {
  const digest = await sha256(partialName(path));
  const checksum = `${path}.sha256`;
  await writeFile(partialName(checksum), checksumLine(digest, basename(path)));
  await rename(partialName(checksum), checksum);
  await rename(partialName(path), path);
}
