import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { BuildError } from "../errors.ts";
import { sha256 } from "../image/checksum.ts";
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
   * The path of the URL's content. A copy is used as long as the server says that it is current, or cannot be asked; a server
   * that refuses (404) is believed. Throws BuildError.
   */
  async fetch(url: string, limits: DownloadLimits): Promise<string> {
    const key = createHash("sha256").update(url).digest("hex");
    for (const directory of ["blobs", "urls", "incoming"]) {
      await mkdir(join(this.#directory, directory), { recursive: true });
    }
    return withLock(join(this.#directory, "urls", `${key}.lock`), () => this.#fetchAlone(url, key, limits));
  }

  async #fetchAlone(url: string, key: string, limits: DownloadLimits): Promise<string> {
    const known = await this.#entry(url, key);
    const incoming = join(this.#directory, "incoming", randomUUID());
    try {
      const result = await this.#ask(url, incoming, known, limits);
      if (!result.changed && known) return this.#blob(known.digest);
      await readIsoVolume(incoming, url);
      const digest = await sha256(incoming);
      await rename(incoming, this.#blob(digest));
      const { size } = await stat(this.#blob(digest));
      await this.#remember(key, { url, digest, bytes: size, validators: result.changed ? result.validators : {} });
      return this.#blob(digest);
    } finally {
      await rm(incoming, { force: true });
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
      const { size } = await stat(this.#blob(entry.digest));
      return entry.url === url && size === entry.bytes ? entry : undefined;
    } catch {
      return undefined;
    }
  }

  async #remember(key: string, entry: Entry): Promise<void> {
    const incoming = join(this.#directory, "incoming", randomUUID());
    await writeFile(incoming, JSON.stringify(entry));
    await rename(incoming, this.#entryFile(key));
  }

  #entryFile(key: string): string {
    return join(this.#directory, "urls", `${key}.json`);
  }

  #blob(digest: string): string {
    return join(this.#directory, "blobs", `${digest}.iso`);
  }
}
