import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The environment variable that tells which runner's a process is. Children inherit it, whatever group they move to. */
export const runnerVariable = "ELEMENTAL_RUNNER";

/**
 * The identity of the runner that works in `directory`, the same for its successors there. It names the directory, so
 * that a copy of it elsewhere is another runner's.
 */
export async function runnerIdentity(directory: string): Promise<string> {
  const path = join(directory, "runner-id");
  const kept = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    return "";
  });
  const id = kept.trim() || randomUUID();
  if (kept === "") {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(path, `${id}\n`, { mode: 0o600 });
  }
  return `${id}@${directory}`;
}

/** Kills every process that belongs to the runner; none are found on systems without /proc. */
export async function killProcessesOf(identity: string): Promise<void> {
  // A process may start another while they are counted.
  for (let found = await processesOf(identity); found.length > 0; found = await processesOf(identity)) {
    for (const pid of found) kill(pid);
  }
}

async function processesOf(identity: string): Promise<number[]> {
  const mark = `${runnerVariable}=${identity}\0`;
  const entries = await readdir("/proc").catch(() => []);
  const pids = entries.map(Number).filter((pid) => pid > 1 && pid !== process.pid);
  const marked = await Promise.all(pids.map(async (pid) => (await environmentOf(pid)).includes(mark)));
  return pids.filter((_pid, i) => marked[i]);
}

// Empty for what is gone, a zombie, or another user's.
async function environmentOf(pid: number): Promise<string> {
  try {
    return `${await readFile(`/proc/${pid}/environ`, "latin1")}\0`;
  } catch {
    return "";
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
