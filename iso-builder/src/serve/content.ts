import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { BuildError } from "../errors.ts";
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

/**
 * The content of a directory, or one single file under any name. With `only`, a directory has just that file and its checksum;
 * hidden files are never served. Throws BuildError when `path` does not exist.
 */
export async function contentOf(path: string, only: string | undefined): Promise<Content> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new BuildError("ServeFailed", `${path}: there is no such directory or file to serve`);
  return found.isDirectory() ? directory(path, only) : singleFile(path);
}

function directory(path: string, only: string | undefined): Content {
  const allowed = (name: string) =>
    only === undefined ? !name.startsWith(".") && name === basename(name) : [only, `${only}.sha256`].includes(name);
  const find = async (name: string) => (allowed(name) ? readable(path, name) : undefined);
  return {
    find,
    async names() {
      const files = await Promise.all((await readdir(path)).sort().map(find));
      return files.flatMap((file) => (file ? [file.name] : []));
    },
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
