import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { runTool } from "@elemental/test/media";
import type { HttpGet } from "./http-get.ts";

export interface SeedIso {
  path: string;
  bytes: number;
  sha256: string;
}

/** Downloads the seed image and its checksum and compares them. Throws when they differ. */
export async function downloadSeedIso(
  get: HttpGet,
  urls: { image: string; checksum: string },
  directory: string,
): Promise<SeedIso> {
  const path = join(directory, "seed.iso");
  const hash = createHash("sha256");
  let bytes = 0;
  const count = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  };
  await pipeline(await get(urls.image), count, createWriteStream(path));
  const sha256 = hash.digest("hex");
  const published = (await text(await get(urls.checksum))).split(/\s+/)[0];
  if (published !== sha256)
    throw new Error(`The seed image's SHA-256 is ${sha256}, its checksum file says ${published}.`);
  return { path, bytes, sha256 };
}

/** Takes the registration file out of a seed image, as a machine booted from it would find it. */
export async function extractRegistration(iso: string, directory: string): Promise<string> {
  const path = join(directory, "livecd-cloud-config.yaml");
  await runTool("xorriso", ["-osirrox", "on", "-indev", iso, "-extract", "/livecd-cloud-config.yaml", path]);
  return path;
}

async function text(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
