import { describe, expect, test } from "vitest";
import facts from "../../../../test/facts/system-data-v2.json" with { type: "json" };
import type { JsonObject } from "../json/index.ts";
import { hardwareFacts } from "./facts.ts";
import { legacySystemData } from "./legacy.ts";

describe("hardware facts", () => {
  test("of a complete SystemDataV2", () => {
    expect(hardwareFacts(facts as JsonObject)).toEqual({
      system: { vendor: "v", product: "n", serialNumber: "s", uuid: "5f3c1a20-7d4e-4b8a-9c61-2e0f8d7a6b55" },
      bios: { vendor: "v", version: "1", date: "02/02/2022" },
      cpu: { model: "X", cores: 4, threads: 8 },
      memoryBytes: 8589934592,
      disks: [{ name: "sda", model: "M", sizeBytes: 600 }],
      nics: [{ name: "br0" }, { name: "eth0", mac: "02:00:00:00:00:01", speedMbps: 1000 }],
    });
  });

  test("of SMBIOS alone, without placeholders", () => {
    const data = { "System Information": { Manufacturer: "QEMU", "Serial Number": "Not Specified", UUID: "unknown" } };
    expect(hardwareFacts(data)).toEqual({ system: { vendor: "QEMU" } });
  });

  test("of nothing, or of data of the wrong shape, there are none", () => {
    expect(hardwareFacts({})).toBeUndefined();
    expect(
      hardwareFacts({ Product: "x", CPU: [1], Storage: { Disks: "sda" }, Memory: { TotalPhysicalBytes: 5 } }),
    ).toBeUndefined();
  });

  test("are bounded in number and size", () => {
    const Disks = Object.fromEntries(
      Array.from({ length: 500 }, (_, i) => [`d${i}`, { Name: `d${i}`, Size: "9".repeat(30) }]),
    );
    const hardware = hardwareFacts({ Product: { Vendor: "v".repeat(10_000) }, Storage: { Disks } });
    expect(hardware?.system?.vendor).toHaveLength(256);
    expect(hardware?.disks).toHaveLength(64);
    expect(hardware?.disks?.[0]).toEqual({ name: "d0" });
  });
});

describe("SystemData of older clients", () => {
  const dump: JsonObject = {
    memory: { total_physical_bytes: 8589934592, total_usable_bytes: 8312393728 },
    cpu: {
      total_cores: 4,
      total_threads: 0,
      processors: [{ model: "X", vendor: "GenuineIntel", capabilities: ["fpu"] }],
    },
    gpu: { cards: [{ pci: { product: { name: "P" }, vendor: { name: "V" } } }] },
    network: { nics: [{ name: "eth0", mac_address: "02:00:00:00:00:01", is_virtual: false }] },
    block: {
      disks: [{ name: "sda", size_bytes: 600, drive_type: "hdd", storage_controller: "NVME", removable: false }],
    },
    runtime: { hostname: "h1" },
  };

  test("becomes the System Data tree", () => {
    expect(legacySystemData(dump)).toEqual({
      "System Data": {
        Memory: { "Total Physical Bytes": "8589934592", "Total Usable Bytes": "8312393728" },
        CPU: { "Total Cores": "4", Model: "X", Vendor: "GenuineIntel", Capabilities: ["fpu"] },
        GPU: { Model: "P", Vendor: "V" },
        Network: {
          "Number Interfaces": "1",
          eth0: { Name: "eth0", MacAddress: "02:00:00:00:00:01", IsVirtual: "false" },
        },
        "Block Devices": {
          "Number Devices": "1",
          sda: { Name: "sda", Size: "600", "Drive Type": "HDD", "Storage Controller": "NVMe", Removable: "false" },
        },
        Runtime: { Hostname: "h1" },
      },
    });
  });

  test("sections may be null or absent, unknown enum values are Unknown (H20)", () => {
    const tree = legacySystemData({ memory: null, block: { disks: [{ name: "x", drive_type: "tape" }, null] } })[
      "System Data"
    ];
    expect(Object.keys(tree as JsonObject)).toEqual(["Memory", "CPU", "GPU", "Network", "Block Devices", "Runtime"]);
    expect((tree as JsonObject)["Block Devices"]).toMatchObject({
      x: { "Drive Type": "Unknown", "Storage Controller": "Unknown" },
    });
  });
});
