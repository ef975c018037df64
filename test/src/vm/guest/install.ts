import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { kernelArguments } from "../kernel-arguments.ts";
import { writeBiosLoader } from "./bios-loader.ts";
import type { StubRecord } from "./record.ts";
import { run, say } from "./run.ts";
import { runStages } from "./stages.ts";

export const TARGET_UNUSABLE = 56;

const mounts = "/run/elemental";
const medium = "/run/initramfs/live/boot/x86_64/loader";
const loaders = "/usr/lib/elemental-demo/boot";

/** Names and labels of register-client-and-media 2.5, sizes scaled down; `bios` holds the loader for BIOS machines. */
const partitions = [
  { name: "bios", size: "+1M", type: "ef02" },
  { name: "efi", size: "+64M", type: "ef00", label: "COS_GRUB" },
  { name: "oem", size: "+64M", type: "8300", label: "COS_OEM" },
  { name: "recovery", size: "+64M", type: "8300", label: "COS_RECOVERY" },
  { name: "state", size: "+1024M", type: "8300", label: "COS_STATE" },
  { name: "persistent", size: "0", type: "8300", label: "COS_PERSISTENT" },
] as const;

const menu = `serial --unit=0 --speed=115200
terminal_output console serial
set timeout=0
set gfxpayload=text
menuentry "Elemental demo" {
  linux /linux root=LABEL=COS_STATE elemental.mode=active elemental.oemlabel=COS_OEM ${kernelArguments}
  initrd /initrd
}
`;

/** Installs the demo system to `target` as the toolkit does, hooks included. Returns the toolkit's exit status. */
export function install(target: string, record: StubRecord): number {
  if (!existsSync(target) || !statSync(target).isBlockDevice()) return TARGET_UNUSABLE;
  say(`partitioning ${target}`);
  const devices = partition(target);
  for (const [name, device] of Object.entries(devices)) mountAt(device, `${mounts}/${name}`);
  const hooks = (record.env["ELEMENTAL_CLOUD_INIT_PATHS"] ?? "").split(",").filter(Boolean);
  runStages("before-install", hooks);
  say("copying the system");
  deploy(target);
  for (const stage of ["after-install-chroot", "after-install", "post-install"]) runStages(stage, hooks);
  writeFileSync(`${mounts}/oem/stub-record.json`, JSON.stringify(record), { mode: 0o600 });
  for (const name of Object.keys(devices)) run("umount", `${mounts}/${name}`);
  say(`installed to ${target}`);
  return 0;
}

/** Partition name -> device, for those with a file system. */
function partition(target: string): Record<string, string> {
  const commands = partitions.flatMap(({ name, size, type }, index) => {
    const number = index + 1;
    return ["-n", `${number}:0:${size}`, "-t", `${number}:${type}`, "-c", `${number}:${name}`];
  });
  run("sgdisk", "--zap-all", target);
  run("sgdisk", ...commands, target);
  run("udevadm", "settle");
  const devices: Record<string, string> = {};
  for (const [index, { name, ...rest }] of partitions.entries()) {
    if (!("label" in rest)) continue;
    const device = `${target}${/\d$/.test(target) ? "p" : ""}${index + 1}`;
    if (name === "efi") run("mkfs.vfat", "-n", rest.label, device);
    else run("mkfs.ext4", "-q", "-F", "-L", rest.label, device);
    devices[name] = device;
  }
  return devices;
}

function mountAt(device: string, path: string): void {
  mkdirSync(path, { recursive: true });
  run("mount", device, path);
}

function deploy(target: string): void {
  const state = `${mounts}/state`;
  for (const name of ["linux", "initrd", "rootfs.squashfs"]) copyFileSync(`${medium}/${name}`, `${state}/${name}`);
  writeFileSync(`${state}/grub.cfg`, menu);
  mkdirSync(`${mounts}/efi/EFI/BOOT`, { recursive: true });
  copyFileSync(`${loaders}/bootx64.efi`, `${mounts}/efi/EFI/BOOT/BOOTX64.EFI`);
  const start = Number(readFileSync(`/sys/class/block/${target.replace("/dev/", "")}1/start`, "utf8"));
  writeBiosLoader(target, start, {
    boot: readFileSync(`${loaders}/boot.img`),
    core: readFileSync(`${loaders}/core.img`),
  });
}
