import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { HostData } from "./collect.ts";
import { systemDataV1 } from "./system-data-v1.ts";
import { systemDataV2 } from "./template-data.ts";

const facts = JSON.parse(
  readFileSync(new URL("../../../test/facts/system-data-v2.json", import.meta.url), "utf8"),
) as Record<string, Record<string, unknown>>;

const noLink = { speed: "", duplex: "", supportedPorts: [], supportedLinkModes: [], advertisedLinkModes: [] };

/** The machine of which the known payload tells. */
const machine: HostData = {
  product: {
    family: "f",
    name: "n",
    sku: "k",
    serialNumber: "s",
    uuid: "5f3c1a20-7d4e-4b8a-9c61-2e0f8d7a6b55",
    vendor: "v",
    version: "1",
  },
  bios: { date: "02/02/2022", vendor: "v", version: "1" },
  baseboard: { assetTag: "a", product: "p", serialNumber: "s", vendor: "v", version: "1" },
  chassis: { assetTag: "at", serialNumber: "s", type: "1", typeDescription: "Other", vendor: "v", version: "1" },
  memory: {
    totalPhysicalBytes: 8589934592n,
    totalUsableBytes: 8312393728n,
    supportedPageSizes: [1073741824n, 2097152n],
  },
  processors: [{ id: 0, cores: 4, threads: 8, model: "X", vendor: "GenuineIntel", capabilities: ["fpu", "vme"] }],
  graphics: {
    present: true,
    cards: [{ pciAddress: "0000:00:02.0", driver: "i915", vendorName: "V", productName: "P" }],
  },
  interfaces: [
    { ...noLink, name: "br0", macAddress: "", isVirtual: true, ipv4: [], ipv6: [], pciAddress: undefined },
    {
      ...noLink,
      name: "eth0",
      macAddress: "02:00:00:00:00:01",
      isVirtual: false,
      ipv4: ["192.0.2.10"],
      ipv6: ["2001:db8::10", "fe80::1"],
      speed: "1000Mb/s",
      duplex: "Full",
      supportedLinkModes: ["a", "b"],
      pciAddress: "0000:00:1f.6",
    },
  ],
  disks: [
    {
      name: "sda",
      sizeBytes: 600n,
      driveType: "SSD",
      storageController: "SCSI",
      removable: false,
      readOnly: false,
      hidden: false,
      model: "M",
      physicalBlockSizeBytes: 512n,
      properties: new Map(),
    },
  ],
  hostname: "h1",
};

const nothing: HostData = {
  product: undefined,
  bios: undefined,
  baseboard: undefined,
  chassis: undefined,
  memory: undefined,
  processors: undefined,
  graphics: undefined,
  interfaces: undefined,
  disks: undefined,
  hostname: undefined,
};

test("REG-73 the known payload, except that Linux has no memory modules", () => {
  expect(systemDataV2(machine)).toEqual({ ...facts, Memory: { ...facts["Memory"], Modules: "" } });
});

test("what could not be collected is an empty section, every section is there", () => {
  const data = systemDataV2(nothing);
  expect(Object.keys(data)).toEqual(Object.keys(facts));
  expect(data["Network"]).toEqual({});
  expect(data["System Data"]).toEqual({
    Memory: {},
    CPU: {},
    GPU: {},
    Network: {},
    "Block Devices": {},
    Runtime: {},
  });
});

test("without processors or cards the counts are zero and the members absent", () => {
  const data = systemDataV2({ ...nothing, processors: [], graphics: { present: false, cards: [] } });
  expect(data["CPU"]).toEqual({ TotalCores: "0", TotalThreads: "0", TotalProcessors: "0" });
  expect(data["GPU"]).toEqual({});
  expect(systemDataV2({ ...nothing, graphics: { present: true, cards: [] } })["GPU"]).toEqual({ TotalCards: "0" });
});

test("older servers get numbers, and no disks of kinds they do not know", () => {
  const [disk] = machine.disks ?? [];
  const loop = disk && { ...disk, name: "loop0", driveType: "virtual", storageController: "loop" };
  const data = systemDataV1({ ...machine, disks: [...(machine.disks ?? []), ...(loop ? [loop] : [])] });
  expect(data["block"]).toEqual({
    disks: [{ name: "sda", size_bytes: 600n, drive_type: "ssd", storage_controller: "scsi", removable: false }],
  });
  expect(data["memory"]).toMatchObject({ total_physical_bytes: 8589934592n });
  expect(systemDataV1(nothing)["memory"]).toBeNull();
});
