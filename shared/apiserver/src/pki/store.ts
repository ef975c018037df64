import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Credential } from "./credential.ts";

/** Where credentials are kept between runs. */
export interface CredentialStore {
  /** For messages. */
  readonly location: string;
  /** Undefined when there is no certificate of that name; the key is empty when only that is missing. */
  read(name: string): Promise<Credential | undefined>;
  write(name: string, credential: Credential): Promise<void>;
}

/** Keeps `NAME.crt` (0644) and `NAME.key` (0600) in `directory` (0700), which is created when missing. */
export function fileStore(directory: string): CredentialStore {
  return {
    location: directory,
    async read(name) {
      const certificate = await readIfThere(join(directory, `${name}.crt`));
      if (certificate === undefined) return undefined;
      return { certificate, key: (await readIfThere(join(directory, `${name}.key`))) ?? "" };
    },
    async write(name, { certificate, key }) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeAtomically(join(directory, `${name}.key`), key, 0o600);
      await writeAtomically(join(directory, `${name}.crt`), certificate, 0o644);
    },
  };
}

/** Keeps credentials for the life of the process. */
export function memoryStore(): CredentialStore {
  const kept = new Map<string, Credential>();
  return {
    location: "memory",
    read: async (name) => kept.get(name),
    write: async (name, credential) => void kept.set(name, credential),
  };
}

/** Replaces the file at once or not at all. */
export async function writeAtomically(path: string, content: string, mode: number): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, content, { mode, flag: "wx" });
  await rename(temporary, path);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
