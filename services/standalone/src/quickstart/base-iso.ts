import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeBootableIso } from "@elemental/test/media";

const menu = `set timeout=5
menuentry "Elemental demo base image (no operating system)" {
  cat /README.txt
  sleep --interruptible 999
}
`;

const readme = `This is the demo base image of Elemental Services. It boots (BIOS and UEFI) and carries no operating system.
Use --base-iso to build seed images from a real one.
`;

/**
 * Makes a small ISO that boots on BIOS and UEFI to a GRUB menu, so that a seed image can be built without a download. Returns
 * its path below `directory`.
 */
export async function makeBaseIso(directory: string): Promise<string> {
  const tree = join(directory, "base-tree");
  await mkdir(join(tree, "boot/grub"), { recursive: true });
  await writeFile(join(tree, "boot/grub/grub.cfg"), menu);
  await writeFile(join(tree, "README.txt"), readme);
  const output = join(directory, "base.iso");
  await makeBootableIso({ tree, marker: "/README.txt", modules: ["cat", "sleep"], work: directory, output });
  return output;
}
