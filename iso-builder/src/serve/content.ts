import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { BuildError } from "../errors.ts";
import { openLayered } from "../layered/read.ts";
import type { FileFacts } from "./answer.ts";
import type { OpenRange } from "./send.ts";

export interface ServedFile extends FileFacts {
  open: OpenRange;
}

/** What a server has: files by name. */
export interface Content {
  /** Undefined when there is no such file (yet), or it is none of those served. */
  find(name: string): Promise<ServedFile | undefined>;
  /** The names that `find` knows now. */
  names(): Promise<string[]>;
}

export interface ContentOptions {
  /** A directory has just this file and its checksum; absent: all but hidden files. */
  only?: string | undefined;
  /** The cache with the bases of images that were stored without them. */
  cache?: string | undefined;
}

/** The content of a directory, or one single file under any name. Throws BuildError when `path` does not exist. */
export async function contentOf(path: string, options: ContentOptions = {}): Promise<Content> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new BuildError("ServeFailed", `${path}: there is no such directory or file to serve`);
  return found.isDirectory() ? directory(path, options) : singleFile(path);
}

function directory(path: string, { only, cache }: ContentOptions): Content {
  const image = only !== undefined && cache !== undefined ? layeredFile(path, only, cache) : undefined;
  const allowed = (name: string) =>
    only === undefined ? !name.startsWith(".") && name === basename(name) : [only, `${only}.sha256`].includes(name);
  const find = async (name: string) => {
    if (!allowed(name)) return undefined;
    return (await readable(path, name)) ?? (name === only ? image?.() : undefined);
  };
  return {
    find,
    async names() {
      const names = only === undefined ? (await readdir(path)).sort() : [only, `${only}.sha256`];
      const files = await Promise.all(names.map(find));
      return files.flatMap((file) => (file ? [file.name] : []));
    },
  };
}

/** Opens the image once it is there, and then keeps it open. */
function layeredFile(path: string, name: string, cache: string): () => Promise<ServedFile | undefined> {
  let opening: Promise<ServedFile | undefined> | undefined;
  const open = async () => {
    const image = await openLayered(join(path, name), cache);
    return image && { name, ...image };
  };
  return async () => {
    opening ??= open();
    const file = await opening.catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    if (!file) opening = undefined;
    return file;
  };
}

function singleFile(path: string): Content {
  const find = () => readable(dirname(path), basename(path));
  return { find, names: async () => [basename(path)] };
}

async function readable(directory: string, name: string): Promise<ServedFile | undefined> {
  const path = join(directory, name);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  const open: OpenRange = ({ first, last }) =>
    createReadStream(path, { start: first, end: last, highWaterMark: 256 * 1024 });
  return { name, size: found.size, modified: found.mtime, open };
}
