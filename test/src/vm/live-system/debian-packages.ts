import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runTool } from "../../media/index.ts";

/** What the system in the virtual machine is made of; apt adds what these depend on. */
const packages = [
  ["linux-image-amd64", "systemd-sysv", "udev", "dbus", "busybox-static", "bash"],
  ["libstdc++6", "iproute2", "dmidecode", "ethtool"],
  ["gdisk", "dosfstools", "e2fsprogs"],
].flat();

/** Names the form of what is kept; another form needs another name. */
const form = "root, kernel";

/** What stays out: documentation, and drivers that a virtual machine has no use for. */
const leftOut = [
  ...["doc", "man", "locale", "info", "bash-completion"].map((name) => `./usr/share/${name}`),
  ...[
    "drivers/net/ethernet",
    "drivers/net/wireless",
    "drivers/gpu",
    "drivers/media",
    "drivers/infiniband",
    "sound",
  ].map((folder) => `*/modules/*/kernel/${folder}`),
];

/** Unpacked Debian packages. */
export interface DebianPackages {
  /** The tree of all but the kernel. */
  root: string;
  /** A tree with the kernel's `boot` and `lib/modules`. */
  kernel: string;
}

/**
 * Debian packages from the archives that apt knows of, unpacked; nothing is installed on this machine. Kept in `cache` until
 * the archive has newer versions. Throws when apt cannot provide them.
 */
export async function debianPackages(cache: string): Promise<DebianPackages> {
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, "work-"));
  try {
    return await makeTree(cache, work).catch(async (error: Error) => {
      // Lists that are missing or older than the archive.
      if (process.getuid?.() !== 0) throw error;
      await runTool("apt-get", ["-qq", "update"]);
      return makeTree(cache, work);
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function makeTree(cache: string, work: string): Promise<DebianPackages> {
  const apt = await privateApt(work);
  const versions = await apt("--print-uris", "install", ...packages);
  const key = createHash("sha256")
    .update(JSON.stringify([versions, leftOut, form]))
    .digest("hex");
  const kept = join(cache, `debian-${key.slice(0, 16)}`);
  const found = { root: join(kept, "root"), kernel: join(kept, "kernel") };
  if (existsSync(kept)) return found;
  await apt("--download-only", "--yes", "install", ...packages);
  const unpacked = join(work, "unpacked");
  await extract(join(work, "archives"), join(unpacked, "root"));
  await mkdir(join(unpacked, "kernel/lib"), { recursive: true });
  await rename(join(unpacked, "root/boot"), join(unpacked, "kernel/boot"));
  await rename(join(unpacked, "root/usr/lib/modules"), join(unpacked, "kernel/lib/modules"));
  for (const name of await readdir(cache)) {
    if (name.startsWith("debian-")) await rm(join(cache, name), { recursive: true, force: true });
  }
  await rename(unpacked, kept);
  return found;
}

/** An apt-get that believes that nothing is installed and downloads into `work`. */
async function privateApt(work: string): Promise<(...args: string[]) => Promise<string>> {
  await mkdir(join(work, "archives/partial"), { recursive: true });
  await writeFile(join(work, "status"), "");
  const options = {
    "Dir::State::status": join(work, "status"),
    "Dir::Cache::archives": join(work, "archives"),
    "APT::Install-Recommends": "false",
    "APT::Sandbox::User": "root",
    "Debug::NoLocking": "true",
  };
  const settings = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return (...args) => runTool("apt-get", ["-qq", ...settings, ...args]);
}

const unpack = `set -e
archive=$1 tree=$2
shift 2
dpkg-deb --fsys-tarfile "$archive" | tar -x --keep-directory-symlink -f - -C "$tree" "$@"
`;

/** Unpacks the archives into one tree whose /bin, /sbin and /lib are those of /usr. */
async function extract(archives: string, tree: string): Promise<void> {
  for (const name of ["bin", "sbin", "lib", "lib64"]) {
    await mkdir(join(tree, "usr", name), { recursive: true });
    await symlink(`usr/${name}`, join(tree, name));
  }
  const excludes = leftOut.map((pattern) => `--exclude=${pattern}`);
  for (const name of await readdir(archives)) {
    if (!name.endsWith(".deb")) continue;
    await runTool("sh", ["-c", unpack, "unpack", join(archives, name), tree, ...excludes]);
  }
}
