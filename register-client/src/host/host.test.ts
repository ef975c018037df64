import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLog } from "../output/log.ts";
import { addProgram, createLab, quotedText } from "../testing/index.ts";
import { chassisDescription } from "./chassis-types.ts";
import { collectHostData } from "./collect.ts";
import { readProcessors } from "./cpu.ts";
import { parseEthtool } from "./ethtool.ts";
import { readDmi } from "./firmware.ts";
import { findPciNames, readGraphics } from "./gpu.ts";
import { localHost } from "./host.ts";
import { readMemory } from "./memory.ts";
import { parseIpJson, readInterfaces } from "./network.ts";
import { readOsRelease } from "./os-release.ts";
import { listDisks } from "./storage.ts";

const hostOf = ({ env, root }: { env: Record<string, string>; root: string }) => localHost(env, root);

describe("network", () => {
  const nics = [
    { name: "eth0", mac: "52:54:00:00:00:01", pci: "0000:00:03.0" },
    { name: "eth1", mac: "02:00:00:00:00:01", addressAssignType: 3 },
    { name: "br0", mac: "02:00:00:00:00:02", virtual: true },
    { name: "lo", mac: "00:00:00:00:00:00", virtual: true },
  ];

  test("CLI-70 generated addresses are empty, virtual links are told, lo is never listed", async () => {
    using lab = createLab({ nics });
    lab.write({ "sys/class/net/bonding_masters": "" });
    const interfaces = await readInterfaces(hostOf(lab));
    expect(
      interfaces.map(({ name, macAddress, isVirtual, pciAddress }) => [name, macAddress, isVirtual, pciAddress]),
    ).toEqual([
      ["br0", "02:00:00:00:00:02", true, undefined],
      ["eth0", "52:54:00:00:00:01", false, "0000:00:03.0"],
      ["eth1", "", false, undefined],
    ]);
  });

  test("without ethtool the kernel's own words are used", async () => {
    using lab = createLab();
    expect(await readInterfaces(hostOf(lab))).toMatchObject([{ speed: "1000", duplex: "full", supportedPorts: [] }]);
  });

  test("addresses in the kernel's order, link-local ones included", async () => {
    using lab = createLab();
    const address = (family: string, local: string) => ({ family, local, prefixlen: 24 });
    const listed = [
      { addr_info: [address("inet", "192.0.2.9"), address("inet", "192.0.2.1"), address("inet6", "fe80::1")] },
    ];
    addProgram(lab.root, "ip", quotedText(JSON.stringify(listed)));
    expect(await readInterfaces(hostOf(lab))).toMatchObject([{ ipv4: ["192.0.2.9", "192.0.2.1"], ipv6: ["fe80::1"] }]);
    expect(parseIpJson("not json")).toBeUndefined();
  });

  const ethtool = [
    "Settings for eth0:",
    "\tSupported ports: [ TP	 MII ]",
    "\tSupported link modes:   10baseT/Half 10baseT/Full",
    "\t                        1000baseT/Full",
    "\tAdvertised link modes:  Not reported",
    "\tSpeed: 1000Mb/s",
    "\tDuplex: Full",
  ].join("\n");

  test("CLI-73 an unknown speed is empty", () => {
    expect(parseEthtool("Settings for eth0:\n\tSpeed: Unknown!\n\tDuplex: Unknown! (255)\n")).toMatchObject({
      speed: "",
      duplex: "",
    });
  });

  test("lists of ethtool, continued on further lines", () => {
    expect(parseEthtool(ethtool)).toEqual({
      speed: "1000Mb/s",
      duplex: "Full",
      supportedPorts: ["TP", "MII"],
      supportedLinkModes: ["10baseT/Half", "10baseT/Full", "1000baseT/Full"],
      advertisedLinkModes: [],
    });
  });

  test("any output of a program is read", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseEthtool(text);
        parseIpJson(text);
        findPciNames(text, "8086", "1234");
      }),
    );
  });
});

test("CLI-71 disks: unused loop devices are left out, kinds by name", () => {
  using lab = createLab({
    disks: [
      { name: "loop0", bytes: 0n },
      { name: "sr0", bytes: 1024n, rotational: true, removable: true },
      { name: "vda", bytes: 21_474_836_480n, rotational: true },
      { name: "nvme0n1", bytes: 1024n, model: "FAST_DISK" },
    ],
  });
  expect(listDisks(hostOf(lab))).toMatchObject([
    { name: "nvme0n1", driveType: "SSD", storageController: "NVMe", model: "FAST_DISK" },
    { name: "sr0", driveType: "ODD", storageController: "SCSI", removable: true },
    { name: "vda", driveType: "HDD", storageController: "virtio", model: "unknown", sizeBytes: 21_474_836_480n },
  ]);
});

test("processors by package, ascending, also of arm64", () => {
  using lab = createLab();
  const topology = "sys/devices/system/cpu";
  lab.write({
    [`${topology}/cpu0/topology/physical_package_id`]: "1\n",
    [`${topology}/cpu2/topology/physical_package_id`]: "1\n",
    [`${topology}/cpu2/topology/core_id`]: "0\n",
    "proc/cpuinfo": "processor\t: 0\nFeatures\t: fp asimd\n\nprocessor\t: 1\nmodel name\t: B\n",
  });
  expect(readProcessors(hostOf(lab))).toEqual([
    { id: 0, cores: 1, threads: 1, model: "B", vendor: "", capabilities: [] },
    { id: 1, cores: 1, threads: 2, model: "", vendor: "", capabilities: ["fp", "asimd"] },
  ]);
});

describe("memory", () => {
  test("online blocks, page sizes in the order of their names", () => {
    using lab = createLab();
    for (const size of ["2048", "1048576"])
      mkdirSync(join(lab.root, `sys/kernel/mm/hugepages/hugepages-${size}kB`), { recursive: true });
    lab.write({ "sys/devices/system/memory/memory3/state": "offline\n" });
    expect(readMemory(hostOf(lab))).toEqual({
      totalPhysicalBytes: 3n * 0x8000000n,
      totalUsableBytes: 4019896n * 1024n,
      supportedPageSizes: [1073741824n, 2097152n],
    });
  });

  test("the kernel's log, then the usable size, where there are no blocks", () => {
    using lab = createLab();
    lab.write({ "sys/devices/system/memory/block_size_bytes": "" });
    expect(readMemory(hostOf(lab)).totalPhysicalBytes).toBe(4019896n * 1024n);
    lab.write({ "var/log/syslog.1": "kernel: Memory: 4000000K/4194304K available\n" });
    expect(readMemory(hostOf(lab)).totalPhysicalBytes).toBe(4194304n * 1024n);
  });
});

describe("graphics", () => {
  const database =
    "# c\n8086  Intel Corporation\n\t1234  Old\n\t3e9b  UHD Graphics 630\n\t\t1 2  Sub\n10de  NVIDIA\n\t1234  GPU\n";
  const card = (root: string) => {
    const device = join(root, "sys/devices/pci0000:00/0000:00:02.0");
    mkdirSync(join(device, "drm/card0"), { recursive: true });
    mkdirSync(join(root, "sys/class/drm"), { recursive: true });
    mkdirSync(join(root, "sys/bus/pci/devices"), { recursive: true });
    symlinkSync("../../devices/pci0000:00/0000:00:02.0/drm/card0", join(root, "sys/class/drm/card0"));
    symlinkSync("../../../devices/pci0000:00/0000:00:02.0", join(root, "sys/bus/pci/devices/0000:00:02.0"));
    symlinkSync("../../../bus/pci/drivers/i915", join(device, "driver"));
    writeFileSync(join(device, "modalias"), "pci:v00008086d00003E9Bsv0000\n");
  };

  test("a card is described by the PCI database, compressed or not", () => {
    using lab = createLab();
    card(lab.root);
    expect(readGraphics(hostOf(lab))).toEqual({ present: true, cards: [] });
    mkdirSync(join(lab.root, "usr/share/misc"), { recursive: true });
    writeFileSync(join(lab.root, "usr/share/misc/pci.ids.gz"), gzipSync(database));
    expect(readGraphics(hostOf(lab))).toEqual({
      present: true,
      cards: [
        {
          pciAddress: "0000:00:02.0",
          driver: "i915",
          vendorName: "Intel Corporation",
          productName: "UHD Graphics 630",
        },
      ],
    });
  });

  test("names are those of the right vendor", () => {
    expect(findPciNames(database, "10de", "1234")).toEqual({ vendorName: "NVIDIA", productName: "GPU" });
    expect(findPciNames(database, "8086", "ffff")).toEqual({ vendorName: "Intel Corporation", productName: "unknown" });
    expect(findPciNames(database, "ffff", "1234")).toEqual({ vendorName: "unknown", productName: "unknown" });
  });

  test("no card", () => {
    using lab = createLab();
    expect(readGraphics(hostOf(lab))).toEqual({ present: false, cards: [] });
  });
});

test("firmware items are trimmed, unreadable ones unknown, chassis types in words", () => {
  using lab = createLab();
  const host = hostOf(lab);
  expect(readDmi(host, "product_serial")).toBe("SN-0001");
  expect(readDmi(host, "board_serial")).toBe("unknown");
  expect(["10", "36", "37", "0", "x", "unknown"].map(chassisDescription)).toEqual([
    "Notebook",
    "Stick PC",
    "unknown",
    "unknown",
    "unknown",
    "unknown",
  ]);
});

test("REG-75 os-release: double quotes are stripped, a missing file gives nothing", () => {
  using lab = createLab();
  lab.write({ "etc/os-release": "NAME=\"SL Micro\"\nVERSION_ID='6.1'\nIMAGE=a=b\nOTHER=x\n" });
  expect(readOsRelease(hostOf(lab))).toEqual({ "os.name": "SL Micro", "os.version-id": "'6.1'", "os.image": "a=b" });
  expect(readOsRelease({ ...hostOf(lab), path: (path) => `/nowhere${path}` })).toEqual({});
});

test("H19 a collector that fails leaves its part out and is reported", async () => {
  using lab = createLab();
  const lines: string[] = [];
  const log = createLog({ format: "text", debug: false, write: (text) => lines.push(text) });
  const broken = {
    ...hostOf(lab),
    path: (path: string) => {
      if (path.startsWith("/sys/class/net/")) throw new Error("bus on fire");
      return join(lab.root, path);
    },
  };
  const data = await collectHostData(broken, log);
  expect(data.interfaces).toBeUndefined();
  expect(data.disks).toHaveLength(1);
  expect(lines.join("")).toContain("cannot read network data, some labels may not be available: bus on fire");
});
