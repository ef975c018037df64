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

/** A base ISO, never to be changed. With a digest it is kept in the cache under that name. */
export interface Base {
  path: string;
  digest?: string;
}

/** Finds the base in the cache, in `scratch`, or where the user has it. Throws BuildError. */
export async function acquireBase(source: BaseSource, scratch: string): Promise<Base> {
  const { cache, limits, name } = source;
  const reference = baseReference(name);
  const inScratch = join(scratch, "base.iso");
  if (reference.kind === "file") {
    const path = await localFile(reference.path, source.allowFile);
    return cache ? cache.keep(path, name) : { path };
  }
  if (reference.kind === "image") {
    await takePrepared(source, inScratch);
    return cache ? cache.keep(inScratch, name) : { path: inScratch };
  }
  if (cache) return cache.fetch(reference.url, limits);
  await download({ url: reference.url, to: inScratch, limits });
  return { path: inScratch };
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
async function takePrepared(source: BaseSource, inScratch: string): Promise<void> {
  try {
    await rename(source.prepared, inScratch);
  } catch (cause) {
    const message = `image ${source.name} gave no ISO at ${source.prepared}: ${describe(cause)}`;
    throw new BuildError("BaseUnavailable", message, { cause });
  }
}
