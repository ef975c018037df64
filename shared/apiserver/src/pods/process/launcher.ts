import { execFile } from "node:child_process";
import { promisify } from "node:util";

const launcher = ["setpriv", "--pdeathsig", "KILL", "--"];

/** What goes before a command line to have it killed when the runner dies; empty where util-linux is missing. */
export async function findLauncher(): Promise<readonly string[]> {
  const [program = "", ...args] = launcher;
  try {
    await promisify(execFile)(program, [...args, "true"]);
    return launcher;
  } catch {
    return [];
  }
}
