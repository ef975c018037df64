import { copyFile, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeBootableIso } from "../../media/index.ts";
import { kernelArguments } from "../kernel-arguments.ts";
import { debianPackages } from "./debian-packages.ts";
import { repository } from "./files.ts";
import { makeInitramfs } from "./initramfs.ts";
import { kernelOf } from "./kernel.ts";
import { makeRootImage } from "./root-image.ts";

const loader = "/boot/x86_64/loader";

/** The menu of register-client-and-media 4.1 with our console; what the words of the command line mean is told there. */
const menu = `serial --unit=0 --speed=115200
terminal_input console serial
terminal_output console serial
set timeout=0
set gfxpayload=text
menuentry "Elemental demo: install" {
  linux ${loader}/linux cdroot root=live:CDLABEL=COS_LIVE rd.live.dir=${loader} rd.live.squashimg=rootfs.squashfs ${kernelArguments} elemental.disable elemental.setup=/run/initramfs/live/iso-config
  initrd ${loader}/initrd
}
`;

/**
 * Makes a live ISO from Debian packages with the register client in it, for seed images of virtual machines. Laid out as
 * register-client-and-media 4.1 says. Returns its path below `directory`.
 */
export async function makeLiveIso(directory: string): Promise<string> {
  const packages = await debianPackages(join(repository, ".cache/live-system"));
  const work = join(directory, "live-iso");
  const tree = join(work, "iso");
  const boot = join(tree, loader);
  await mkdir(join(tree, "boot/grub"), { recursive: true });
  await mkdir(boot, { recursive: true });
  await writeFile(join(tree, "boot/grub/grub.cfg"), menu);
  await copyFile((await kernelOf(packages.kernel)).image, join(boot, "vmlinuz"));
  await symlink("vmlinuz", join(boot, "linux"));
  await makeInitramfs(packages, work, join(boot, "initrd"));
  await makeRootImage(packages.root, work, join(boot, "rootfs.squashfs"));
  const output = join(directory, "live.iso");
  const modules = ["linux", "serial"];
  await makeBootableIso({ tree, marker: `${loader}/linux`, modules, work, output });
  await rm(work, { recursive: true });
  return output;
}
