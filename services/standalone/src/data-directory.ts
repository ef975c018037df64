import { constants } from "node:fs";
import { access, mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A data directory that this process alone uses until `release`. */
export interface DataDirectory {
  path: string;
  release(): Promise<void>;
}

/**
 * Creates the directory where it is missing (mode 0700), proves that it takes data, and locks it against a second
 * process. Throws an Error of one line that names the directory and the mend.
 */
export async function openDataDirectory(path: string): Promise<DataDirectory> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
    await probe(path);
  } catch (error) {
    throw new Error(
      `The data directory ${path} cannot be written: ${(error as Error).message}. Free it or choose another.`,
    );
  }
  const lock = join(path, "lock");
  await takeLock(lock, path);
  return { path, release: () => rm(lock, { force: true }) };
}

/** A few pages of SQLite must fit, or the first object would be the one that fails. */
async function probe(path: string): Promise<void> {
  const file = join(path, `.probe-${process.pid}`);
  try {
    await writeFile(file, Buffer.alloc(1 << 20));
  } finally {
    await rm(file, { force: true });
  }
}

async function takeLock(lock: string, path: string): Promise<void> {
  const mine = `${process.pid} ${await startTime(process.pid)}`;
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = await open(lock, "wx", 0o600);
      await file.writeFile(mine);
      await file.close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const [pid = "", started] = (await readFile(lock, "utf8").catch(() => "")).split(" ");
    if (pid && started && (await startTime(Number(pid))) === started) {
      throw new Error(`The data directory ${path} is in use by process ${pid}. Stop it or choose another directory.`);
    }
    await rm(lock, { force: true });
  }
  throw new Error(`The data directory ${path} cannot be locked: remove ${lock} if no other process uses it.`);
}

/** Start time of a process in clock ticks, which tells it from a later one with the same id; undefined when it is gone. */
async function startTime(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}
