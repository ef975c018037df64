import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runTool } from "../../media/index.ts";

/** A kernel of Debian. */
export interface Kernel {
  version: string;
  image: string;
  /** The directory that holds `boot` and `lib/modules`. */
  tree: string;
}

/** The one kernel of `tree`. Throws when there is none or more. */
export async function kernelOf(tree: string): Promise<Kernel> {
  const images = (await readdir(join(tree, "boot"))).filter((name) => name.startsWith("vmlinuz-"));
  const [image, another] = images;
  if (image === undefined || another !== undefined) throw new Error(`${tree} has ${images.length} kernels, not one`);
  return { version: image.slice("vmlinuz-".length), image: join(tree, "boot", image), tree };
}

/**
 * Copies the modules that are named, and those they depend on, to `target`/lib/modules. Names that this kernel has not as a
 * module are passed over: it has them built in.
 */
export async function copyModules(
  kernel: Kernel,
  names: readonly string[],
  { target, busybox }: { target: string; busybox: string },
): Promise<void> {
  const depmod = (tree: string) => runTool(busybox, ["depmod", "-b", tree, kernel.version]);
  const folder = join("lib/modules", kernel.version);
  const list = join(kernel.tree, folder, "modules.dep");
  if (!existsSync(list)) await depmod(kernel.tree);
  for (const file of withDependencies(parseDependencies(await readFile(list, "utf8")), names)) {
    const copy = join(target, folder, file);
    await mkdir(dirname(copy), { recursive: true });
    await copyFile(join(kernel.tree, folder, file), copy);
  }
  await depmod(target);
}

/** Module file -> the files it needs, of the text of `modules.dep`. */
export function parseDependencies(text: string): Map<string, string[]> {
  const lines = text.trim().split("\n");
  return new Map(
    lines.map((line) => {
      const [file = "", needed = ""] = line.split(":");
      return [file, needed.split(" ").filter(Boolean)];
    }),
  );
}

/** The files of the named modules and of all that they need. */
export function withDependencies(dependencies: Map<string, string[]>, names: readonly string[]): Set<string> {
  const found = new Set<string>();
  const add = (file: string) => {
    if (found.has(file)) return;
    found.add(file);
    for (const needed of dependencies.get(file) ?? []) add(needed);
  };
  for (const file of dependencies.keys()) if (names.includes(moduleName(file))) add(file);
  return found;
}

/** `kernel/fs/nls/nls_iso8859-1.ko` is `nls_iso8859-1`; the kernel takes `-` and `_` for the same. */
function moduleName(file: string): string {
  return file.replace(/^.*\//, "").replace(/\.ko.*$/, "");
}
