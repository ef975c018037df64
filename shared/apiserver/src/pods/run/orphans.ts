import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** Removes what Pods that are gone have left in `directory`, which holds one folder per uid. */
export async function removeOrphans(directory: string, uids: ReadonlySet<string>): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const name of await readdir(directory)) {
    if (!uids.has(name)) await rm(join(directory, name), { recursive: true, force: true });
  }
}
