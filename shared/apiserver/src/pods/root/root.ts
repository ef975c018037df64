import { namespacedRoot } from "./namespaces.ts";
import { rewrittenRoot } from "./paths.ts";

/** A volume, or a part of it, at a path of the container. Paths are absolute and normal. */
export interface Mount {
  source: string;
  target: string;
  file: boolean;
  readOnly: boolean;
}

/** How a container sees its volumes. */
export interface ContainerRoot {
  /** Given to the process as ELEMENTAL_ROOT: what to put before a mount path; empty when paths are as mounted. */
  directory: string;
  /** Applied to the container's own command, args and environment values. */
  rewrite(text: string): string;
  /** The command line that runs `argv` with this root. */
  command(argv: readonly string[], workingDirectory: string): { argv: readonly string[]; cwd: string };
}

/** `namespaces`: volumes are mounted where the Pod says. `paths`: they are elsewhere, and paths are rewritten. */
export type Isolation = "namespaces" | "paths";

/**
 * The root of one container, made in `directory`. A mount that would hide one of `programs` (absolute paths of the
 * machine that the image needs) makes this container fall back to `paths`.
 */
export function containerRoot(
  isolation: Isolation,
  directory: string,
  mounts: readonly Mount[],
  programs: readonly string[],
): Promise<ContainerRoot> {
  const hidden = mounts.some(({ target }) => programs.some((program) => program.startsWith(`${target}/`)));
  if (isolation === "paths" || hidden || mounts.length === 0) return rewrittenRoot(directory, mounts);
  return namespacedRoot(directory, mounts);
}
