import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { makeBaseIso } from "../base-iso.ts";

export interface BaseImage {
  /** What goes into the SeedImage's `spec.baseImage`. */
  url: string;
  close(): Promise<void>;
}

/**
 * The base image as a URL: the user's, or that of a file served on loopback, because a SeedImage takes URLs and container
 * images only. Without `given` a small one is made in `directory`. Throws when the file cannot be read.
 */
export async function offerBaseImage(given: string | undefined, directory: string): Promise<BaseImage> {
  if (given && /^https?:\/\//.test(given)) return { url: given, close: async () => {} };
  return serveFile(given ?? (await makeBaseIso(directory)));
}

async function serveFile(path: string): Promise<BaseImage> {
  const size = await fileSize(path);
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/octet-stream", "content-length": size });
    createReadStream(path)
      .on("error", () => response.destroy())
      .pipe(response);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}/base.iso`, close };
}

async function fileSize(path: string): Promise<number> {
  const file = await stat(path).catch((error: Error) => {
    throw new Error(`--base-iso ${path} cannot be read: ${error.message}`, { cause: error });
  });
  if (!file.isFile()) throw new Error(`--base-iso ${path} is not a file.`);
  return file.size;
}
