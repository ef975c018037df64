import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** A temporary directory that goes away with `await using`. */
export async function temporaryDirectory(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "elemental-iso-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A small ISO with the equipment of a live ISO: volume COS_LIVE, an EFI partition in a GPT, El Torito pointing to it. */
export async function makeBaseIso(path: string, payloadBytes = 300_000): Promise<void> {
  const tree = await mkdtemp(join(dirname(path), "tree-"));
  await mkdir(join(tree, "boot", "loader"), { recursive: true });
  await writeFile(join(tree, "boot", "loader", "rootfs.squashfs"), Buffer.alloc(payloadBytes, "squash"));
  await writeFile(join(tree, "efi.img"), Buffer.alloc(128 * 1024, "efi"));
  await execute("xorriso", [
    ...["-no_rc", "-volid", "COS_LIVE", "-padding", "0", "-outdev", `stdio:${path}`],
    ...["-map", join(tree, "boot"), "/boot", "-append_partition", "2", "0xef", join(tree, "efi.img")],
    ...["-boot_image", "any", "cat_path=/boot/boot.catalog", "-boot_image", "any", "cat_hidden=on"],
    ...["-boot_image", "any", "efi_path=--interval:appended_partition_2:all::"],
    ...["-boot_image", "any", "platform_id=0xef", "-boot_image", "any", "appended_part_as=gpt"],
    ...["-boot_image", "any", "partition_offset=16"],
  ]);
  await rm(tree, { recursive: true });
}

/** The overlay as a ConfigMap volume has it: the first path component is a link. */
export async function makeOverlay(directory: string, registration: string, cloudConfig: string): Promise<void> {
  const files = { "reg/livecd-cloud-config.yaml": registration, "iso-config/cloud-config.yaml": cloudConfig };
  for (const [name, content] of Object.entries(files)) {
    const file = join(directory, "..data", name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    await symlink(join("..data", dirname(name)), join(directory, dirname(name)));
  }
}

/** What xorriso says of an image: El Torito, partitions and system area. */
export async function bootEquipment(path: string): Promise<string> {
  const reports = ["-report_el_torito", "plain", "-report_system_area", "plain"];
  const { stdout } = await execute("xorriso", ["-no_rc", "-indev", `stdio:${path}`, ...reports]);
  return stdout;
}

export async function extract(iso: string, file: string, to: string): Promise<void> {
  await execute("xorriso", ["-no_rc", "-osirrox", "on", "-indev", `stdio:${iso}`, "-extract", file, to]);
}
