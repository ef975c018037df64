import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runTool } from "./run-tool.ts";

const menu = `set timeout=5
menuentry "Elemental demo base image (no operating system)" {
  cat /README.txt
  sleep --interruptible 999
}
`;

const readme = `This is the demo base image of Elemental Services. It boots (BIOS and UEFI) and carries no operating system.
Use --base-iso to build seed images from a real one.
`;

/** GRUB starts with the EFI partition or the boot image as its root, so it looks for the volume by a file of ours. */
const findVolume =
  "search --set=root --file /README.txt\nset prefix=($root)/boot/grub\nconfigfile /boot/grub/grub.cfg\n";

const modules = [
  "iso9660",
  "fat",
  "part_gpt",
  "normal",
  "configfile",
  "search",
  "search_fs_file",
  "cat",
  "sleep",
  "echo",
];

/**
 * Makes a small ISO that boots on BIOS and UEFI to a GRUB menu, so that a seed image can be built without a download.
 * Volume COS_LIVE and an appended EFI partition as in register-client-and-media 4.1. Returns its path below `directory`.
 */
export async function makeBaseIso(directory: string): Promise<string> {
  const tree = join(directory, "base-tree");
  await mkdir(join(tree, "boot/grub/i386-pc"), { recursive: true });
  await mkdir(join(tree, "EFI/BOOT"), { recursive: true });
  await writeFile(join(tree, "boot/grub/grub.cfg"), menu);
  await writeFile(join(tree, "README.txt"), readme);
  const config = join(directory, "find-volume.cfg");
  await writeFile(config, findVolume);
  await grubImage("i386-pc-eltorito", config, join(tree, "boot/grub/i386-pc/eltorito.img"), ["biosdisk"]);
  await grubImage("x86_64-efi", config, join(tree, "EFI/BOOT/bootx64.efi"), []);
  const efi = await efiPartition(join(tree, "EFI/BOOT/bootx64.efi"), directory);
  const iso = join(directory, "base.iso");
  await runTool("xorriso", [
    ...["-outdev", iso, "-volid", "COS_LIVE", "-padding", "0", "-map", tree, "/", "-chmod", "0755", "/", "--"],
    ...["-boot_image", "grub", "bin_path=/boot/grub/i386-pc/eltorito.img", "-boot_image", "grub", "grub2_boot_info=on"],
    ...["-boot_image", "any", "cat_path=/boot/boot.catalog", "-boot_image", "any", "cat_hidden=on"],
    ...["-boot_image", "any", "next", "-append_partition", "2", "0xef", efi],
    ...[
      "-boot_image",
      "any",
      "efi_path=--interval:appended_partition_2:all::",
      "-boot_image",
      "any",
      "platform_id=0xef",
    ],
    ...["-boot_image", "any", "appended_part_as=gpt", "-boot_image", "any", "partition_offset=16"],
  ]);
  return iso;
}

async function grubImage(format: string, config: string, output: string, extra: string[]): Promise<void> {
  await runTool("grub-mkimage", ["-O", format, "-p", "/boot/grub", "-c", config, "-o", output, ...modules, ...extra]);
}

/** A FAT image that holds the EFI loader under the name that firmware looks for. */
async function efiPartition(loader: string, directory: string): Promise<string> {
  const image = join(directory, "efi.img");
  const file = join(directory, "BOOTX64.EFI");
  await copyFile(loader, file);
  await runTool("mformat", ["-C", "-i", image, "-f", "2880", "-v", "COS_GRUB", "::"]);
  await runTool("mmd", ["-i", image, "::/EFI", "::/EFI/BOOT"]);
  await runTool("mcopy", ["-i", image, file, "::/EFI/BOOT/BOOTX64.EFI"]);
  return image;
}
