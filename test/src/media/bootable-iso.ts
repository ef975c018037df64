import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { makeGrubImage } from "./grub.ts";
import { runTool } from "./run-tool.ts";

export interface BootableIso {
  /** What becomes the root of the ISO; it has `/boot/grub/grub.cfg`, and gets the boot equipment. */
  tree: string;
  /** A file of the tree by which the boot loader recognises the volume, absolute. */
  marker: string;
  /** Names of GRUB modules that `grub.cfg` needs. */
  modules: readonly string[];
  /** Where intermediate files may lie. */
  work: string;
  output: string;
}

/**
 * Makes an ISO that boots on BIOS and UEFI. Volume COS_LIVE and an appended EFI partition as in register-client-and-media
 * 4.1; the BIOS boot record is our addition.
 */
export async function makeBootableIso({ tree, marker, modules, work, output }: BootableIso): Promise<void> {
  await mkdir(join(tree, "boot/grub/i386-pc"), { recursive: true });
  await mkdir(join(tree, "EFI/BOOT"), { recursive: true });
  const config = `search --set=root --file ${marker}\nset prefix=($root)/boot/grub\nconfigfile /boot/grub/grub.cfg\n`;
  const loader = join(work, "bootx64.efi");
  const eltorito = join(work, "eltorito.img");
  const image = { config, modules: ["iso9660", ...modules] };
  await makeGrubImage({ ...image, format: "i386-pc-eltorito", output: eltorito });
  await makeGrubImage({ ...image, format: "x86_64-efi", output: loader });
  await copyFile(eltorito, join(tree, "boot/grub/i386-pc/eltorito.img"));
  await copyFile(loader, join(tree, "EFI/BOOT/bootx64.efi"));
  const partition = await efiPartition(loader, work);
  await runTool("xorriso", [
    ...["-outdev", output, "-volid", "COS_LIVE", "-padding", "0", "-map", tree, "/", "-chmod", "0755", "/", "--"],
    ...["-boot_image", "grub", "bin_path=/boot/grub/i386-pc/eltorito.img", "-boot_image", "grub", "grub2_boot_info=on"],
    ...["cat_path=/boot/boot.catalog", "cat_hidden=on", "next"].flatMap(forAny),
    ...["-append_partition", "2", "0xef", partition],
    ...["efi_path=--interval:appended_partition_2:all::", "platform_id=0xef"].flatMap(forAny),
    ...["appended_part_as=gpt", "partition_offset=16"].flatMap(forAny),
  ]);
}

const forAny = (setting: string) => ["-boot_image", "any", setting];

/** A FAT image that holds the EFI loader under the name that firmware looks for. */
async function efiPartition(loader: string, work: string): Promise<string> {
  const image = join(work, "efi.img");
  await runTool("mformat", ["-C", "-i", image, "-f", "2880", "-v", "COS_GRUB", "::"]);
  await runTool("mmd", ["-i", image, "::/EFI", "::/EFI/BOOT"]);
  await runTool("mcopy", ["-i", image, loader, "::/EFI/BOOT/BOOTX64.EFI"]);
  return image;
}
