import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { applicationBlob } from "./application.ts";
import { assembleExecutable } from "./assemble.ts";
import { type Architecture, nodeBinary } from "./node-binary.ts";
import { currentRelease } from "./release.ts";

/**
 * Builds `<directory>/linux-<architecture>/elemental-register` and beside it `elemental-support`, a link to it: the program
 * acts by the name it is called. The same commit gives the same bytes. Returns the path and size in bytes of the first.
 */
export async function writeExecutables(
  directory: string,
  architecture: Architecture,
  env?: NodeJS.ProcessEnv,
): Promise<{ path: string; size: number }> {
  const blob = await applicationBlob(currentRelease(env), architecture === process.arch);
  const program = assembleExecutable(nodeBinary(architecture), blob);
  const folder = join(directory, `linux-${architecture}`);
  const path = join(folder, "elemental-register");
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${path}.new`, program);
  chmodSync(`${path}.new`, 0o755);
  renameSync(`${path}.new`, path);
  rmSync(join(folder, "elemental-support"), { force: true });
  symlinkSync("elemental-register", join(folder, "elemental-support"));
  return { path, size: program.length };
}
