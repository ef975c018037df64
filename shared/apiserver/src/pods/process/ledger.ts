import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { killGroup } from "./process.ts";

interface Entry {
  pid: number;
  identity: string;
}

/** Remembers which processes run, beyond the life of this process. */
export interface ProcessLedger {
  add(name: string, pid: number): Promise<void>;
  remove(name: string): Promise<void>;
  /** Kills what a runner that crashed left behind and forgets it; returns how many processes that were. */
  killLeftovers(): Promise<number>;
}

/** Keeps one file per process in `directory`. A pid counts only with the boot and the time it was started at. */
export function processLedger(directory: string): ProcessLedger {
  const path = (name: string) => join(directory, `${name}.json`);
  return {
    async add(name, pid) {
      const identity = await processIdentity(pid);
      if (identity === undefined) return;
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeFile(path(name), JSON.stringify({ pid, identity } satisfies Entry));
    },
    remove: (name) => rm(path(name), { force: true }),
    async killLeftovers() {
      let killed = 0;
      for (const file of await filesIn(directory)) {
        if (await killLeftover(join(directory, file))) killed += 1;
        await rm(join(directory, file), { force: true });
      }
      return killed;
    },
  };
}

async function killLeftover(file: string): Promise<boolean> {
  const { pid, identity } = parseEntry(await readFile(file, "utf8"));
  if (pid <= 1 || identity !== (await processIdentity(pid))) return false;
  killGroup(pid);
  return true;
}

// A file cut short by a power failure names no process.
function parseEntry(text: string): Entry {
  try {
    return JSON.parse(text);
  } catch {
    return { pid: 0, identity: "" };
  }
}

/** Boot and start time of a process; undefined when it is gone or the system has no /proc. */
async function processIdentity(pid: number): Promise<string | undefined> {
  try {
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // Field 22, counted after the command name, which may contain anything.
    const startTicks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return `${boot.trim()} ${startTicks}`;
  } catch {
    return undefined;
  }
}

async function filesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
