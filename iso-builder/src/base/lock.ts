import { randomUUID } from "node:crypto";
import { open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

export interface LockTimes {
  /** How often the holder shows that it lives. */
  heartbeatMs: number;
  /** A lock without a sign of life for this long belongs to nobody. */
  staleMs: number;
  pollMs: number;
}

const defaultTimes: LockTimes = { heartbeatMs: 2000, staleMs: 20_000, pollMs: 200 };

/**
 * Runs `work` while hardly anybody else, on this machine or another one with the same file system, runs under the same lock
 * file: it saves doing work twice, and is no protection. A holder that died is noticed by its silence. Waits for as long
 * as it takes.
 */
export async function withLock<T>(path: string, work: () => Promise<T>, times = defaultTimes): Promise<T> {
  const holder = randomUUID();
  while (!(await take(path, holder))) {
    await removeStale(path, times.staleMs);
    await delay(times.pollMs);
  }
  const heartbeat = setInterval(() => void touch(path), times.heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if ((await readFile(path, "utf8").catch(() => "")) === holder) await rm(path, { force: true });
  }
}

async function take(path: string, holder: string): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    await file.writeFile(holder);
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Moved away first, so that of several processes that notice at once only one does. */
async function removeStale(path: string, staleMs: number): Promise<void> {
  const age = await stat(path).then(
    (file) => Date.now() - file.mtimeMs,
    () => 0,
  );
  if (age < staleMs) return;
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).catch(() => undefined);
  await rm(aside, { force: true });
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}
