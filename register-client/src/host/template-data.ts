import type { JsonObject } from "@elemental/protocol";
import type { HostData } from "./collect.ts";
import type { Processor } from "./cpu.ts";
import type { Graphics, GraphicsCard } from "./gpu.ts";
import { legacyData } from "./legacy-data.ts";
import type { Memory } from "./memory.ts";
import type { NetworkInterface } from "./network.ts";
import { byIndex, byIndexAndName } from "./numbered.ts";
import type { Disk } from "./storage.ts";

/** The template variables of the machine, without the legacy tree (register-client-and-media 3.3 to 3.7). */
export function templateData(data: HostData): JsonObject {
  return {
    Product: firmware(data.product, {
      Family: "family",
      Name: "name",
      SKU: "sku",
      SerialNumber: "serialNumber",
      UUID: "uuid",
      Vendor: "vendor",
      Version: "version",
    }),
    BIOS: firmware(data.bios, { Date: "date", Vendor: "vendor", Version: "version" }),
    BaseBoard: firmware(data.baseboard, {
      AssetTag: "assetTag",
      Product: "product",
      SerialNumber: "serialNumber",
      Vendor: "vendor",
      Version: "version",
    }),
    Chassis: firmware(data.chassis, {
      AssetTag: "assetTag",
      SerialNumber: "serialNumber",
      Type: "type",
      TypeDescription: "typeDescription",
      Vendor: "vendor",
      Version: "version",
    }),
    Memory: data.memory ? memory(data.memory) : {},
    CPU: data.processors ? cpu(data.processors) : {},
    GPU: data.graphics ? gpu(data.graphics) : {},
    Network: data.interfaces ? network(data.interfaces) : {},
    Storage: data.disks ? storage(data.disks) : {},
    Runtime: data.hostname === undefined ? {} : { Hostname: data.hostname },
  };
}

/** The payload of SystemDataV2: the template variables and the legacy tree. */
export function systemDataV2(data: HostData): JsonObject {
  return { ...templateData(data), "System Data": legacyData(data) };
}

function firmware<T extends object>(
  part: T | undefined,
  names: Readonly<Record<string, keyof T & string>>,
): JsonObject {
  if (part === undefined) return {};
  return Object.fromEntries(Object.entries(names).map(([name, property]) => [name, String(part[property])]));
}

function memory({ totalPhysicalBytes, totalUsableBytes, supportedPageSizes }: Memory): JsonObject {
  return {
    TotalPhysicalBytes: String(totalPhysicalBytes),
    TotalUsableBytes: String(totalUsableBytes),
    SupportedPageSizes: supportedPageSizes.join(", "),
    Modules: "",
  };
}

function cpu(processors: readonly Processor[]): JsonObject {
  const described = processors.map((processor) => ({
    Capabilities: processor.capabilities.join(","),
    ID: String(processor.id),
    Model: processor.model,
    NumCores: String(processor.cores),
    NumThreads: String(processor.threads),
    Vendor: processor.vendor,
  }));
  const [first] = described;
  return {
    TotalCores: String(processors.reduce((sum, { cores }) => sum + cores, 0)),
    TotalThreads: String(processors.reduce((sum, { threads }) => sum + threads, 0)),
    TotalProcessors: String(processors.length),
    ...(first ? { Processors: byIndex(described), Processor: first } : {}),
  };
}

function gpu({ present, cards }: Graphics): JsonObject {
  if (!present) return {};
  const described = cards.map(card);
  const [first] = described;
  return {
    TotalCards: String(cards.length),
    ...(first ? { GraphicsCards: { ...byIndex(described), ...first } } : {}),
  };
}

function card({ driver, vendorName, productName }: GraphicsCard): JsonObject {
  return { Driver: driver, VendorName: vendorName, ProductName: productName };
}

function network(interfaces: readonly NetworkInterface[]): JsonObject {
  const described = interfaces.map((nic) => ({
    Name: nic.name,
    MacAddress: nic.macAddress,
    IsVirtual: String(nic.isVirtual),
    IPv4Address: nic.ipv4[0] ?? "",
    IPv4Addresses: byIndex(nic.ipv4),
    IPv6Address: nic.ipv6[0] ?? "",
    IPv6Addresses: byIndex(nic.ipv6),
    Speed: nic.speed,
    Duplex: nic.duplex,
    SupportedPorts: nic.supportedPorts.join(","),
    SupportedLinkModes: nic.supportedLinkModes.join(","),
    AdvertisedLinkModes: nic.advertisedLinkModes.join(","),
    PCIAddress: nic.pciAddress ?? null,
  }));
  return { TotalNICs: String(interfaces.length), NICs: byIndexAndName(described) };
}

function storage(disks: readonly Disk[]): JsonObject {
  const described = disks.map((disk) => ({
    Name: disk.name,
    Size: String(disk.sizeBytes),
    DriveType: disk.driveType,
    StorageController: disk.storageController,
    Removable: String(disk.removable),
    Model: disk.model,
  }));
  return { TotalDisks: String(disks.length), Disks: byIndexAndName(described) };
}
