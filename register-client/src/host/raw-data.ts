import type { JsonObject } from "@elemental/protocol";
import type { HostData } from "./collect.ts";
import type { Disk } from "./storage.ts";

/** The complete collected data, in the original's host library's names (register-client-and-media 3.9). */
export function rawData(data: HostData): JsonObject {
  const processors = data.processors ?? [];
  return {
    Memory: {
      TotalPhysicalBytes: data.memory?.totalPhysicalBytes ?? 0,
      TotalUsableBytes: data.memory?.totalUsableBytes ?? 0,
      SupportedPageSizes: data.memory?.supportedPageSizes ?? [],
      Modules: [],
    },
    Block: block(data.disks ?? []),
    CPU: {
      TotalCores: processors.reduce((sum, { cores }) => sum + cores, 0),
      TotalThreads: processors.reduce((sum, { threads }) => sum + threads, 0),
      Processors: processors.map((processor) => ({
        ID: processor.id,
        NumCores: processor.cores,
        NumThreads: processor.threads,
        Vendor: processor.vendor,
        Model: processor.model,
        Capabilities: processor.capabilities,
      })),
    },
    Topology: { Architecture: "smp", Nodes: [] },
    Network: { NICs: (data.interfaces ?? []).map(nic) },
    GPU: {
      GraphicsCards: (data.graphics?.cards ?? []).map((card) => ({
        Address: card.pciAddress,
        DeviceInfo: { Driver: card.driver, Vendor: { Name: card.vendorName }, Product: { Name: card.productName } },
      })),
    },
    Chassis: camelCase(data.chassis),
    BIOS: camelCase(data.bios),
    Baseboard: camelCase(data.baseboard),
    Product: camelCase(data.product),
    Runtime: { Hostname: data.hostname ?? "" },
  };
}

function block(disks: readonly Disk[]): JsonObject {
  return {
    TotalPhysicalBytes: disks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0n),
    Disks: disks.map((disk) => ({
      Name: disk.name,
      SizeBytes: disk.sizeBytes,
      PhysicalBlockSizeBytes: disk.physicalBlockSizeBytes,
      DriveType: disk.driveType,
      IsRemovable: disk.removable,
      StorageController: disk.storageController,
      BusPath: disk.properties.get("ID_PATH") ?? "unknown",
      Vendor: disk.properties.get("ID_VENDOR") ?? "unknown",
      Model: disk.model,
      SerialNumber: disk.properties.get("ID_SERIAL_SHORT") ?? disk.properties.get("ID_SERIAL") ?? "unknown",
      WWN: disk.properties.get("ID_WWN") ?? "unknown",
    })),
  };
}

function nic(nic: NonNullable<HostData["interfaces"]>[number]): JsonObject {
  return {
    Name: nic.name,
    MACAddress: nic.macAddress,
    IsVirtual: nic.isVirtual,
    PCIAddress: nic.pciAddress ?? null,
    Speed: nic.speed,
    Duplex: nic.duplex,
    SupportedLinkModes: nic.supportedLinkModes,
    SupportedPorts: nic.supportedPorts,
    AdvertisedLinkModes: nic.advertisedLinkModes,
  };
}

const upperCaseNames = new Map([
  ["sku", "SKU"],
  ["uuid", "UUID"],
]);

function camelCase(part: object | undefined): JsonObject {
  const entries = Object.entries(part ?? {}) as [string, string][];
  return Object.fromEntries(
    entries.map(([key, value]) => [upperCaseNames.get(key) ?? key.charAt(0).toUpperCase() + key.slice(1), value]),
  );
}
