import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { existsSync } from "node:fs";

const watchdog = "/usr/bin/setpriv";
const patienceMs = 15_000;

/** Starts a Node program that ends with this process, also when that is killed. */
export function spawnNode(args: readonly string[], options: SpawnOptions): ChildProcess {
  if (!existsSync(watchdog)) return spawn(process.execPath, args, options);
  return spawn(watchdog, ["--pdeathsig", "TERM", process.execPath, ...args], options);
}

/** Ends a child with the signal, with SIGKILL if that does not help; resolves when it has ended. */
export async function endChild(child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  await ended;
  clearTimeout(timer);
}
