import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type DirectoryEntry, planRoot, type RootStep } from "./plan.ts";
import type { ContainerRoot, Mount } from "./root.ts";

/**
 * A root directory of its own in a mount namespace of its own, below `directory`: the machine's, with the volumes at
 * their mount paths. Needs util-linux and either root or unprivileged user namespaces.
 */
export async function namespacedRoot(directory: string, mounts: readonly Mount[]): Promise<ContainerRoot> {
  await mkdir(directory, { recursive: true });
  const resolved = mounts.map((mount) => ({ ...mount, target: throughLinks(mount.target) }));
  const script = mountScript(directory, planRoot(resolved, entriesOf));
  return {
    directory: "",
    rewrite: (text) => text,
    command: (argv, workingDirectory) => ({
      argv: ["unshare", ...unshareOptions(), "/bin/sh", "-c", script, "sh", workingDirectory || "/", ...argv],
      cwd: "/",
    }),
  };
}

/** Whether this process may build such roots; tried, because kernels and container runtimes forbid it in many ways. */
export async function namespacesWork(scratch: string): Promise<boolean> {
  mkdirSync(scratch, { recursive: true });
  const directory = mkdtempSync(join(scratch, "probe-"));
  try {
    const volume = join(directory, "volume");
    mkdirSync(volume);
    writeFileSync(join(volume, "seen"), "");
    const target = "/elemental-probe/volume";
    const root = await namespacedRoot(join(directory, "root"), [
      { source: volume, target, file: false, readOnly: true },
    ]);
    const { argv } = root.command(["/bin/sh", "-c", `test -e ${target}/seen && test -e /proc/self`], "");
    const [program = "", ...args] = argv;
    await promisify(execFile)(program, args, { timeout: 10_000 });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

// Propagation slave: what the machine unmounts must not stay busy here.
function unshareOptions(): string[] {
  const asRoot = process.getuid?.() === 0;
  return [...(asRoot ? [] : ["--user", "--map-root-user"]), "--mount", "--propagation", "slave"];
}

function mountScript(directory: string, steps: readonly RootStep[]): string {
  const root = quote(directory);
  const lines = steps.flatMap((step) => linesOf(step, quote(join(directory, step.path))));
  return [
    "set -e",
    `mount -t tmpfs -o mode=755 tmpfs ${root}`,
    ...lines,
    "workdir=$1",
    "shift",
    `exec chroot ${root} /bin/sh -c 'mkdir -p "$0" && cd "$0" && exec "$@"' "$workdir" "$@"`,
  ].join("\n");
}

function linesOf(step: RootStep, path: string): string[] {
  if (step.do === "mkdir") return [`mkdir -p ${path}`];
  if (step.do === "link") return [`ln -s ${quote(step.to)} ${path}`];
  const create = step.file ? `test -e ${path} || : > ${path}` : `mkdir -p ${path}`;
  const bind = `mount ${step.file ? "--bind" : "--rbind"} ${quote(step.source)} ${path}`;
  // A user namespace may not change every flag of a mount; the volume then stays writable.
  const readOnly = `mount -o remount,bind,ro ${path} 2>/dev/null || :`;
  return [create, bind, ...(step.readOnly ? [readOnly] : [])];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function entriesOf(path: string): DirectoryEntry[] {
  return readdirSync(path, { withFileTypes: true }).map((entry) => {
    if (entry.isSymbolicLink()) return { name: entry.name, kind: { linkTo: readlinkSync(join(path, entry.name)) } };
    return { name: entry.name, kind: entry.isDirectory() ? "directory" : "file" };
  });
}

/** The path with the links in its existing part resolved: mounting below /var/run must not replace that link. */
function throughLinks(path: string): string {
  if (path === "/") return path;
  try {
    return realpathSync(path);
  } catch {
    return join(throughLinks(dirname(path)), path.slice(path.lastIndexOf("/") + 1));
  }
}
