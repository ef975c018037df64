import { mkdir, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ContainerRoot, Mount } from "./root.ts";

/**
 * Without mount namespaces: volumes appear as links below `directory`, and mount paths in the container's own
 * command, args and environment are rewritten to there. What a program knows by itself it finds with ELEMENTAL_ROOT.
 * readOnly is not enforced.
 */
export async function rewrittenRoot(directory: string, mounts: readonly Mount[]): Promise<ContainerRoot> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  // Outer mounts first, so that inner ones land inside of them.
  for (const { source, target } of mounts.toSorted((a, b) => a.target.length - b.target.length)) {
    const link = join(directory, target);
    await mkdir(dirname(link), { recursive: true });
    await rm(link, { recursive: true, force: true });
    await symlink(source, link);
  }
  const rewrite = pathRewriter(directory, mounts);
  return {
    directory,
    rewrite,
    command: (argv, workingDirectory) => ({ argv, cwd: workingDirectory ? rewrite(workingDirectory) : directory }),
  };
}

/**
 * Rewrites every mention of a mount path to its place below `directory`. A mention is the whole path or its first
 * part, not the middle of another path: `/iso/x` and `--out=/iso` are, `/iso-config`, `a/iso` and `http://h/iso` are not.
 */
export function pathRewriter(directory: string, mounts: readonly Pick<Mount, "target">[]): (text: string) => string {
  if (mounts.length === 0) return (text) => text;
  const targets = mounts
    .map(({ target }) => target)
    .toSorted((a, b) => b.length - a.length)
    .map((target) => target.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const mention = new RegExp(`(?<![\\w./})-])(?:${targets.join("|")})(?![\\w.-])`, "g");
  return (text) => text.replace(mention, (path) => directory + path);
}
