import { stat } from "node:fs/promises";
import { makeBaseIso } from "../base-iso.ts";

/**
 * What goes into the SeedImage's `spec.baseImage`: the user's URL, or the path of a file of this machine, which standalone
 * allows. Without `given` a small image is made in `directory`. Throws when the file cannot be read.
 */
export async function baseImageFor(given: string | undefined, directory: string): Promise<string> {
  if (given === undefined) return makeBaseIso(directory);
  if (/^https?:\/\//.test(given)) return given;
  const file = await stat(given).catch((error: Error) => {
    throw new Error(`--base-iso ${given} cannot be read: ${error.message}`, { cause: error });
  });
  if (!file.isFile()) throw new Error(`--base-iso ${given} is not a file.`);
  return given;
}
