import { writeFile } from "node:fs/promises";
import { runTool } from "./run-tool.ts";

/** Modules of every loader that we make; those of a format come on top. */
const modules = ["fat", "part_gpt", "normal", "configfile", "search", "search_fs_file", "search_label", "echo"];

export interface GrubImage {
  format: "i386-pc" | "i386-pc-eltorito" | "x86_64-efi";
  /** What the loader does first. It starts with the partition or the boot image it came from as its root. */
  config: string;
  /** Modules beside the common ones. */
  modules: readonly string[];
  output: string;
}

/** Makes a boot loader with all its modules inside. */
export async function makeGrubImage({ format, config, modules: extra, output }: GrubImage): Promise<void> {
  const configFile = `${output}.cfg`;
  await writeFile(configFile, config);
  const firmware = format === "x86_64-efi" ? [] : ["biosdisk"];
  const all = [...modules, ...extra, ...firmware];
  await runTool("grub-mkimage", ["-O", format, "-p", "/boot/grub", "-c", configFile, "-o", output, ...all]);
}
