import { createReadStream } from "node:fs";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Writes a file and a line feed to `output`. Throws what reading throws, before anything was written if it is missing. */
export async function display(file: string, output: Writable): Promise<void> {
  await pipeline(createReadStream(file), output, { end: false });
  await new Promise<void>((resolve, reject) => output.write("\n", (error) => (error ? reject(error) : resolve())));
}
