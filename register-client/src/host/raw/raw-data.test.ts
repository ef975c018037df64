import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { addProgram, createLab, quotedText } from "../../testing/index.ts";

const ethtool = "Settings for eth0:\n\tSupported FEC modes: RS BASER\n\tAdvertised FEC modes: Not reported\n";
const features = "Features for eth0:\nrx-checksumming: on [fixed]\n\ttx-checksum-ipv4: off\n";
const pciIds = [
  "8086  Intel Corporation",
  "\t3e9b  UHD Graphics 630",
  "\t\t17aa 22fb  ThinkPad",
  "10de  NVIDIA",
  "C 03  Display controller",
  "\t00  VGA compatible controller",
  "\t\t00  VGA controller",
  "",
].join("\n");

async function dumped(files: Record<string, string>) {
  using lab = createLab();
  lab.write(files);
  const drm = join(lab.root, "sys/class/drm");
  mkdirSync(drm, { recursive: true });
  symlinkSync("../../devices/pci0000:00/0000:00:02.0/drm/card0", join(drm, "card0"));
  addProgram(
    lab.root,
    "ethtool",
    `if [ "$1" = --show-features ]; then ${quotedText(features)}; else ${quotedText(ethtool)}; fi`,
  );
  const { status, stdout } = await lab.run("dumpdata", "--raw", "-f", "json");
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

const cpu = "sys/devices/system/cpu";
const card = "sys/bus/pci/devices/0000:00:02.0";

test("dumpdata --raw tells partitions, cores, nodes, link details and PCI data besides what labels have", async () => {
  const raw = await dumped({
    "sys/block/vda/vda1/partition": "1\n",
    "sys/block/vda/vda1/size": "131072\n",
    "sys/block/vda/vda1/dev": "252:1\n",
    "sys/block/vda/vda2/partition": "2\n",
    "run/udev/data/b252:1":
      "E:ID_PART_ENTRY_NAME=efi\nE:ID_PART_ENTRY_UUID=u-1\nE:ID_FS_LABEL=COS_GRUB\nE:ID_FS_TYPE=vfat\n",
    "proc/mounts": "/dev/vda1 /boot/efi vfat ro,relatime 0 0\n",
    "sys/devices/system/node/node0/meminfo": "Node 0 MemTotal:       4019896 kB\n",
    "sys/devices/system/node/node0/distance": "10 21\n",
    "sys/devices/system/node/node0/cpu0/x": "",
    "sys/devices/system/node/node1/cpu1/x": "",
    [`${cpu}/cpu0/cache/index0/level`]: "1\n",
    [`${cpu}/cpu0/cache/index0/type`]: "Data\n",
    [`${cpu}/cpu0/cache/index0/size`]: "32K\n",
    [`${card}/modalias`]: "pci:v00008086d00003E9Bsv000017AAsd000022FBbc03sc00i00\n",
    [`${card}/revision`]: "0x02\n",
    "usr/share/misc/pci.ids": pciIds,
  });
  expect(Object.keys(raw)).toEqual(
    "BIOS,Baseboard,Block,CPU,Chassis,GPU,Memory,Network,Product,Runtime,Topology".split(","),
  );
  expect(raw.Block.Disks["0"].Partitions).toEqual({
    "0": {
      Name: "vda1",
      Label: "efi",
      MountPoint: "/boot/efi",
      SizeBytes: "67108864",
      Type: "vfat",
      IsReadOnly: "true",
      UUID: "u-1",
      FilesystemLabel: "COS_GRUB",
    },
    "1": {
      Name: "vda2",
      Label: "unknown",
      MountPoint: "",
      SizeBytes: "0",
      Type: "",
      IsReadOnly: "false",
      UUID: "unknown",
      FilesystemLabel: "unknown",
    },
  });
  expect(raw.CPU.Processors["0"].Cores).toEqual({
    "0": { ID: "0", NumThreads: "1", LogicalProcessors: "0" },
    "1": { ID: "1", NumThreads: "1", LogicalProcessors: "1" },
  });
  expect(raw.Topology).toMatchObject({
    Architecture: "numa",
    Nodes: {
      "0": {
        ID: "0",
        Cores: { "0": { LogicalProcessors: "0" } },
        Caches: { "0": { Level: "1", Type: "data", SizeBytes: "32768", LogicalProcessors: "0" } },
        Distances: "10, 21",
        Memory: { TotalPhysicalBytes: "4116373504" },
      },
      "1": { Cores: { "0": { LogicalProcessors: "1" } }, Caches: "" },
    },
  });
  expect(raw.Network.NICs["0"]).toMatchObject({
    Name: "eth0",
    SupportedFECModes: "RS, BASER",
    AdvertisedFECModes: "",
    Capabilities: {
      "0": { Name: "rx-checksumming", IsEnabled: "true", CanEnable: "false" },
      "1": { Name: "tx-checksum-ipv4", IsEnabled: "false", CanEnable: "true" },
    },
  });
  expect(raw.GPU.GraphicsCards["0"]).toMatchObject({
    Address: "0000:00:02.0",
    DeviceInfo: {
      Revision: "0x02",
      Vendor: { ID: "8086", Name: "Intel Corporation" },
      Product: { ID: "3e9b", VendorID: "8086", Name: "UHD Graphics 630" },
      Subsystem: { ID: "22fb", VendorID: "17aa", Name: "ThinkPad" },
      Class: { ID: "03", Name: "Display controller" },
      Subclass: { ID: "00", Name: "VGA compatible controller" },
      ProgrammingInterface: { ID: "00", Name: "VGA controller" },
    },
  });
});
