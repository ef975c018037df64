import { createHash, randomUUID } from "node:crypto";
import { constants, copyFile, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { BuildError } from "../errors.ts";
import { sha256 } from "../image/checksum.ts";
import type { Base } from "./acquire.ts";
import { type DownloadLimits, type DownloadResult, download } from "./download.ts";
import { readIsoVolume } from "./iso9660.ts";
import { withLock } from "./lock.ts";

/** What is known of a URL: the digest names the file of its content. */
const entrySchema = z.object({
  url: z.string(),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number(),
  validators: z.object({ etag: z.string().optional(), lastModified: z.string().optional() }),
});
type Entry = z.infer<typeof entrySchema>;

/** Base ISOs by content, shared by all builds that use the directory: each is fetched and verified once. */
export class BaseCache {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * The URL's content. A copy is used as long as the server says that it is current, or cannot be asked; a server
   * that refuses (404) is believed. Throws BuildError.
   */
  async fetch(url: string, limits: DownloadLimits): Promise<Base> {
    const key = createHash("sha256").update(url).digest("hex");
    await this.#makeDirectories();
    return withLock(join(this.#directory, "urls", `${key}.lock`), () => this.#fetchAlone(url, key, limits));
  }

  /** The content of a file, copied unless it is there already. `name` is what the user calls it. */
  async keep(path: string, name: string): Promise<Base> {
    await this.#makeDirectories();
    await readIsoVolume(path, name);
    const digest = await sha256(path);
    return withLock(join(this.#directory, "blobs", `${digest}.lock`), async () => {
      const blob = blobFile(this.#directory, digest);
      if (await isFile(blob)) return { path: blob, digest };
      return this.#incoming(async (incoming) => {
        await copyFile(path, incoming, constants.COPYFILE_FICLONE);
        return this.#take(incoming, name);
      });
    });
  }

  async #fetchAlone(url: string, key: string, limits: DownloadLimits): Promise<Base> {
    const known = await this.#entry(url, key);
    return this.#incoming(async (incoming) => {
      const result = await this.#ask(url, incoming, known, limits);
      if (!result.changed && known) return { path: blobFile(this.#directory, known.digest), digest: known.digest };
      const base = await this.#take(incoming, url);
      const { size } = await stat(base.path);
      const validators = result.changed ? result.validators : {};
      await this.#remember(key, { url, digest: base.digest, bytes: size, validators });
      return base;
    });
  }

  /** Makes a complete file part of the cache, under its digest. */
  async #take(incoming: string, name: string): Promise<Required<Base>> {
    await readIsoVolume(incoming, name);
    const digest = await sha256(incoming);
    const path = blobFile(this.#directory, digest);
    await rename(incoming, path);
    return { path, digest };
  }

  /** Gives `work` a name for a file that is gone afterwards, unless it was moved. */
  async #incoming<T>(work: (path: string) => Promise<T>): Promise<T> {
    const path = join(this.#directory, "incoming", randomUUID());
    try {
      return await work(path);
    } finally {
      await rm(path, { force: true });
    }
  }

  async #makeDirectories(): Promise<void> {
    for (const directory of ["blobs", "urls", "incoming"]) {
      await mkdir(join(this.#directory, directory), { recursive: true });
    }
  }

  async #ask(url: string, to: string, known: Entry | undefined, limits: DownloadLimits): Promise<DownloadResult> {
    if (!known) return download({ url, to, limits });
    try {
      return await download({ url, to, known: known.validators, limits: { ...limits, attempts: 1 } });
    } catch (error) {
      if (error instanceof BuildError && error.code === "BaseUnavailable") return { changed: false };
      throw error;
    }
  }

  /** Undefined also when the file is gone or incomplete: the cache may be cleaned at any time. */
  async #entry(url: string, key: string): Promise<Entry | undefined> {
    try {
      const entry = entrySchema.parse(JSON.parse(await readFile(this.#entryFile(key), "utf8")));
      const { size } = await stat(blobFile(this.#directory, entry.digest));
      return entry.url === url && size === entry.bytes ? entry : undefined;
    } catch {
      return undefined;
    }
  }

  async #remember(key: string, entry: Entry): Promise<void> {
    await this.#incoming(async (incoming) => {
      await writeFile(incoming, JSON.stringify(entry));
      await rename(incoming, this.#entryFile(key));
    });
  }

  #entryFile(key: string): string {
    return join(this.#directory, "urls", `${key}.json`);
  }
}

/** Where a cache keeps the content with this digest. */
export function blobFile(cache: string, digest: string): string {
  return join(cache, "blobs", `${digest}.iso`);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
