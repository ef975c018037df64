import type { JsonObject } from "@elemental/protocol";
import type { HostData } from "../collect.ts";
import { listThreads, type Thread } from "../cpu.ts";
import { readPciIds } from "../gpu.ts";
import type { Host } from "../host.ts";
import type { Disk } from "../storage.ts";
import { describeCores } from "./cores.ts";
import { readLinkDetails } from "./link-details.ts";
import { readPartitions } from "./partitions.ts";
import { describePciDevice } from "./pci-device.ts";
import { readTopology } from "./topology.ts";

/**
 * The complete collected data, in the original's host library's names (register-client-and-media 3.9): what registration
 * does not need is read here.
 */
export async function rawData(host: Host, data: HostData): Promise<JsonObject> {
  const threads = listThreads(host);
  return {
    Memory: {
      TotalPhysicalBytes: data.memory?.totalPhysicalBytes ?? 0,
      TotalUsableBytes: data.memory?.totalUsableBytes ?? 0,
      SupportedPageSizes: data.memory?.supportedPageSizes ?? [],
      Modules: [],
    },
    Block: block(host, data.disks ?? []),
    CPU: cpu(data.processors ?? [], threads),
    Topology: readTopology(host, threads),
    Network: { NICs: await Promise.all((data.interfaces ?? []).map((found) => nic(host, found))) },
    GPU: { GraphicsCards: graphicsCards(host, data.graphics?.cards ?? []) },
    Chassis: camelCase(data.chassis),
    BIOS: camelCase(data.bios),
    Baseboard: camelCase(data.baseboard),
    Product: camelCase(data.product),
    Runtime: { Hostname: data.hostname ?? "" },
  };
}

function cpu(processors: NonNullable<HostData["processors"]>, threads: readonly Thread[]): JsonObject {
  return {
    TotalCores: processors.reduce((sum, { cores }) => sum + cores, 0),
    TotalThreads: processors.reduce((sum, processor) => sum + processor.threads, 0),
    Processors: processors.map((processor) => ({
      ID: processor.id,
      NumCores: processor.cores,
      NumThreads: processor.threads,
      Vendor: processor.vendor,
      Model: processor.model,
      Capabilities: processor.capabilities,
      Cores: describeCores(threads.filter((thread) => thread.package === processor.id)),
    })),
  };
}

function graphicsCards(host: Host, cards: NonNullable<HostData["graphics"]>["cards"]): JsonObject[] {
  const database = cards.length > 0 ? (readPciIds(host) ?? "") : "";
  return cards.map(({ pciAddress }, index) => ({
    Address: pciAddress,
    Index: index,
    DeviceInfo: describePciDevice(host, pciAddress, database),
  }));
}

function block(host: Host, disks: readonly Disk[]): JsonObject {
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
      Partitions: readPartitions(host, disk.name),
    })),
  };
}

async function nic(host: Host, nic: NonNullable<HostData["interfaces"]>[number]): Promise<JsonObject> {
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
    ...(await readLinkDetails(host, nic.name)),
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
