import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { makeGrubImage } from "../../media/index.ts";

/** Where the stand-in of `elemental` finds the boot loaders of the disk. */
const folder = "usr/lib/elemental-demo/boot";
const config = "search --set=root --label COS_STATE\nconfigfile /grub.cfg\n";
const modules = ["ext2", "linux", "serial"];

/** Makes the boot loaders that the installation writes to the disk: `boot.img` and `core.img` for BIOS, `bootx64.efi`. */
export async function addInstallerFiles(tree: string): Promise<void> {
  const target = join(tree, folder);
  await mkdir(target, { recursive: true });
  await copyFile("/usr/lib/grub/i386-pc/boot.img", join(target, "boot.img"));
  await makeGrubImage({ format: "i386-pc", config, modules, output: join(target, "core.img") });
  await makeGrubImage({ format: "x86_64-efi", config, modules, output: join(target, "bootx64.efi") });
}
