import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

export interface NicFacts {
  name: string;
  mac: string;
  /** `0` is a permanent address. */
  addressAssignType?: number;
  virtual?: boolean;
  pci?: string;
}

export interface DiskFacts {
  name: string;
  bytes: bigint;
  rotational?: boolean;
  removable?: boolean;
  readOnly?: boolean;
  hidden?: boolean;
  model?: string;
}

/** What distinguishes one machine from another. */
export interface HostFacts {
  hostname: string;
  uuid: string;
  serial: string;
  nics: readonly NicFacts[];
  disks: readonly DiskFacts[];
}

export const defaultFacts: HostFacts = {
  hostname: "host-1",
  uuid: "5f3c1a20-7d4e-4b8a-9c61-2e0f8d7a6b55",
  serial: "SN-0001",
  nics: [{ name: "eth0", mac: "52:54:00:12:34:56", pci: "0000:00:03.0" }],
  disks: [{ name: "vda", bytes: 21_474_836_480n, rotational: true }],
};

/** Writes files below `root`, parents included. */
export function writeTree(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
}

/** Makes the part of a Linux file system below `root` in which a machine's facts are found. It stands in for hardware. */
export function createHostTree(root: string, facts: HostFacts = defaultFacts): void {
  writeTree(root, {
    ...firmware(facts),
    "proc/sys/kernel/hostname": `${facts.hostname}\n`,
    "proc/cpuinfo": cpuInfo,
    "proc/meminfo": "MemTotal:        4019896 kB\n",
    "proc/mounts": "",
    "etc/os-release": 'NAME="SL Micro"\nVERSION="6.1"\nID="sl-micro"\n',
    ...cpuTopology,
    "sys/devices/system/memory/block_size_bytes": "8000000\n",
    ...Object.fromEntries([0, 1, 2, 3].map((n) => [`sys/devices/system/memory/memory${n}/state`, "online\n"])),
  });
  for (const nic of facts.nics) addNic(root, nic);
  facts.disks.forEach((disk, index) => {
    addDisk(root, disk, index);
  });
  mkdirSync(join(root, "tmp"), { recursive: true });
}

function firmware({ uuid, serial }: HostFacts): Record<string, string> {
  const items = {
    product_family: "Not Specified",
    product_name: "Standard PC (Q35 + ICH9, 2009)",
    product_sku: "SKU-7",
    product_serial: serial,
    product_uuid: uuid,
    sys_vendor: "QEMU",
    product_version: "pc-q35-7.2",
    bios_date: "02/06/2015",
    bios_vendor: "EFI Development Kit II / OVMF",
    bios_version: "0.0.0",
    chassis_type: "10",
    chassis_vendor: "QEMU",
  };
  return Object.fromEntries(Object.entries(items).map(([name, value]) => [`sys/class/dmi/id/${name}`, `${value}\n`]));
}

const cpuInfo = [0, 1]
  .map((n) => `processor\t: ${n}\nvendor_id\t: GenuineIntel\nmodel name\t: Test CPU\nflags\t\t: fpu vme\n`)
  .join("\n");

const cpuTopology = Object.fromEntries(
  [0, 1].flatMap((n) => [
    [`sys/devices/system/cpu/cpu${n}/topology/physical_package_id`, "0\n"],
    [`sys/devices/system/cpu/cpu${n}/topology/core_id`, `${n}\n`],
  ]),
);

function link(root: string, path: string, target: string): void {
  const from = join(root, path);
  mkdirSync(dirname(from), { recursive: true });
  symlinkSync(relative(dirname(from), join(root, target)), from);
}

function addNic(root: string, { name, mac, addressAssignType = 0, virtual = false, pci }: NicFacts): void {
  const parent = virtual ? "sys/devices/virtual" : `sys/devices/pci0000:00/${pci ?? `platform-${name}`}`;
  const directory = `${parent}/net/${name}`;
  writeTree(root, {
    [`${directory}/address`]: `${mac}\n`,
    [`${directory}/addr_assign_type`]: `${addressAssignType}\n`,
    [`${directory}/speed`]: "1000\n",
    [`${directory}/duplex`]: "full\n",
  });
  link(root, `sys/class/net/${name}`, directory);
  if (pci === undefined) return;
  mkdirSync(join(root, "sys/bus/pci"), { recursive: true });
  symlinkSync(`../../../${pci}`, join(root, directory, "device"));
  link(root, `${parent}/subsystem`, "sys/bus/pci");
}

function addDisk(root: string, disk: DiskFacts, index: number): void {
  const directory = `sys/block/${disk.name}`;
  const flag = (value: boolean | undefined) => (value ? "1\n" : "0\n");
  writeTree(root, {
    [`${directory}/size`]: `${disk.bytes / 512n}\n`,
    [`${directory}/dev`]: `252:${index}\n`,
    [`${directory}/removable`]: flag(disk.removable),
    [`${directory}/ro`]: flag(disk.readOnly),
    [`${directory}/hidden`]: flag(disk.hidden),
    [`${directory}/queue/rotational`]: flag(disk.rotational),
    ...(disk.model === undefined ? {} : { [`run/udev/data/b252:${index}`]: `E:ID_MODEL=${disk.model}\n` }),
  });
}
