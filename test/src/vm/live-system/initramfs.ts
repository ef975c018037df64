import { copyFile, cp, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { runTool } from "../../media/index.ts";
import type { DebianPackages } from "./debian-packages.ts";
import { filesOf } from "./files.ts";
import { copyModules, kernelOf } from "./kernel.ts";

const pack = 'find . | "$1" cpio -o -H newc | gzip -1 >"$2"';

/** Makes the initramfs: busybox, the modules that a virtual machine needs, and our `init`. `work` takes its tree. */
export async function makeInitramfs(packages: DebianPackages, work: string, output: string): Promise<void> {
  const tree = join(work, "initramfs");
  const busybox = join(packages.root, "bin/busybox");
  for (const folder of ["bin", "dev", "proc", "sys", "run"]) await mkdir(join(tree, folder), { recursive: true });
  await cp(filesOf("initramfs"), tree, { recursive: true });
  await copyFile(busybox, join(tree, "bin/busybox"));
  const modules = await readFile(join(tree, "modules"), "utf8");
  const kernel = await kernelOf(packages.kernel);
  await copyModules(kernel, modules.split(/\s+/).filter(Boolean), { target: tree, busybox });
  await runTool("sh", ["-c", `set -e; ${pack}`, "pack", busybox, output], tree);
}
