import { existsSync } from "node:fs";
import { cp, mkdir, readdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { runTool } from "../../media/index.ts";
import { filesOf, repository } from "./files.ts";
import { addInstallerFiles } from "./installer-files.ts";
import { addPrograms } from "./programs.ts";

/** All that the system starts, by target; what Debian would start beside it costs time and does nothing here. */
const wanted = {
  "sysinit.target": ["systemd-journald.service", "systemd-udevd.service", "systemd-udev-trigger.service"],
  "sockets.target": [
    ...["systemd-journald.socket", "systemd-journald-dev-log.socket"],
    ...["systemd-udevd-control.socket", "systemd-udevd-kernel.socket", "dbus.socket"],
  ],
  "network-online.target": ["systemd-networkd-wait-online.service"],
  "timers.target": ["elemental-register.timer"],
  "multi-user.target": [
    ...["systemd-networkd.service", "elemental-setup.service", "elemental-setup-network.service"],
    "elemental-register-install.service",
  ],
};

/** Makes the squashfs of the live system from the Debian `packages`, with our programs, units and settings on top. */
export async function makeRootImage(packages: string, work: string, output: string): Promise<void> {
  const tree = join(work, "root");
  await runTool("cp", ["--archive", "--reflink=auto", packages, tree]);
  for (const path of ["var/cache", "var/lib", "var/run", "etc/os-release"]) {
    await rm(join(tree, path), { recursive: true, force: true });
  }
  for (const path of ["boot", "dev", "proc", "sys", "run", "oem", "root", "tmp", "var/lib", "var/log", "mnt"]) {
    await mkdir(join(tree, path), { recursive: true });
  }
  await cp(filesOf("root"), tree, { recursive: true });
  await cp(join(repository, "register-client/systemd"), join(tree, "etc/systemd/system"), {
    recursive: true,
    filter: (path) => !/\.(sh|preset)$/.test(path),
  });
  await symlink("busybox", join(tree, "usr/bin/sh"));
  await symlink("/run", join(tree, "var/run"));
  await arrangeUnits(tree);
  await addPrograms(tree);
  await addInstallerFiles(tree);
  await runTool("mksquashfs", [tree, output, "-comp", "lz4", "-no-progress", "-all-root", "-no-xattrs", "-quiet"]);
}

/** Makes `wanted` the only things that targets want. `root` is the tree's. */
async function arrangeUnits(root: string): Promise<void> {
  const [distribution, own] = [join(root, "usr/lib/systemd/system"), join(root, "etc/systemd/system")];
  await rm(join(root, "usr/lib/systemd/system-generators"), { recursive: true });
  for (const name of await readdir(distribution)) {
    if (name.endsWith(".wants")) await rm(join(distribution, name), { recursive: true });
  }
  await symlink("/usr/lib/systemd/system/multi-user.target", join(own, "default.target"));
  for (const [target, names] of Object.entries(wanted)) {
    const folder = join(own, `${target}.wants`);
    await mkdir(folder, { recursive: true });
    for (const name of names) {
      const source = existsSync(join(own, name)) ? "/etc" : "/usr/lib";
      await symlink(`${source}/systemd/system/${name}`, join(folder, name));
    }
  }
}
