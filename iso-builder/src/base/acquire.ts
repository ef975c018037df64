import { access, constants, rename } from "node:fs/promises";
import { join } from "node:path";
import { BuildError, describe } from "../errors.ts";
import type { BaseCache } from "./cache.ts";
import { type DownloadLimits, download } from "./download.ts";
import { baseReference } from "./reference.ts";

export interface BaseSource {
  /** `spec.baseImage`. */
  name: string;
  /** Where an earlier container has put the ISO when the base is a container image. */
  prepared: string;
  /** Whether a file of this machine may be the base. */
  allowFile: boolean;
  limits: DownloadLimits;
  cache?: BaseCache;
}

/**
 * Returns the path of the base ISO: a file in the cache, in `scratch`, or the user's own, never to be changed. Throws
 * BuildError `BaseUnavailable`.
 */
export async function acquireBase(source: BaseSource, scratch: string): Promise<string> {
  const reference = baseReference(source.name);
  if (reference.kind === "file") return localFile(reference.path, source.allowFile);
  const inScratch = join(scratch, "base.iso");
  if (reference.kind === "image") return prepared(source, inScratch);
  if (source.cache) return source.cache.fetch(reference.url, source.limits);
  await download({ url: reference.url, to: inScratch, limits: source.limits });
  return inScratch;
}

async function localFile(path: string, allowed: boolean): Promise<string> {
  if (!allowed) {
    throw new BuildError("BaseRefused", `${path}: files of the builder are not allowed as base: use an http(s) URL`);
  }
  try {
    await access(path, constants.R_OK);
  } catch (cause) {
    throw new BuildError("BaseUnavailable", `the base ISO cannot be read: ${describe(cause)}`, { cause });
  }
  return path;
}

/** Taken into the scratch directory so that it goes with it. */
async function prepared(source: BaseSource, inScratch: string): Promise<string> {
  try {
    await rename(source.prepared, inScratch);
  } catch (cause) {
    const message = `image ${source.name} gave no ISO at ${source.prepared}: ${describe(cause)}`;
    throw new BuildError("BaseUnavailable", message, { cause });
  }
  return inScratch;
}
