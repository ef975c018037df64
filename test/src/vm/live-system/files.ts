import { fileURLToPath } from "node:url";

/** Where the files lie that come with this package, by the part of the live system they belong to. */
export function filesOf(part: "initramfs" | "root"): string {
  return fileURLToPath(new URL(`./files/${part}/`, import.meta.url));
}

/** The repository's root. */
export const repository = fileURLToPath(new URL("../../../../", import.meta.url));
