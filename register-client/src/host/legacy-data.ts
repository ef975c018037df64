import type { JsonObject } from "@elemental/protocol";
import type { HostData } from "./collect.ts";
import type { NetworkInterface } from "./network.ts";
import type { Disk } from "./storage.ts";

/** What stands under `System Data` for labels written before the template variables (register-client-and-media 3.8). */
export function legacyData(data: HostData): JsonObject {
  return {
    Memory: data.memory
      ? {
          "Total Physical Bytes": String(data.memory.totalPhysicalBytes),
          "Total Usable Bytes": String(data.memory.totalUsableBytes),
        }
      : {},
    CPU: cpu(data),
    GPU: gpu(data),
    Network: data.interfaces ? network(data.interfaces) : {},
    "Block Devices": data.disks ? blockDevices(data.disks) : {},
    Runtime: data.hostname === undefined ? {} : { Hostname: data.hostname },
  };
}

function cpu({ processors = [] }: HostData): JsonObject {
  const cores = processors.reduce((sum, processor) => sum + processor.cores, 0);
  const threads = processors.reduce((sum, processor) => sum + processor.threads, 0);
  const [first] = processors;
  return {
    ...(cores > 0 ? { "Total Cores": String(cores) } : {}),
    ...(threads > 0 ? { "Total Threads": String(threads) } : {}),
    ...(first ? { Model: first.model, Vendor: first.vendor, Capabilities: first.capabilities } : {}),
  };
}

function gpu({ graphics }: HostData): JsonObject {
  const [first] = graphics?.cards ?? [];
  return first ? { Model: first.productName, Vendor: first.vendorName } : {};
}

function network(interfaces: readonly NetworkInterface[]): JsonObject {
  const described = interfaces.map(({ name, macAddress, isVirtual }) => [
    name,
    { Name: name, MacAddress: macAddress, IsVirtual: String(isVirtual) },
  ]);
  return { "Number Interfaces": String(interfaces.length), ...Object.fromEntries(described) };
}

function blockDevices(disks: readonly Disk[]): JsonObject {
  const described = disks.map((disk) => [
    disk.name,
    {
      Size: String(disk.sizeBytes),
      Name: disk.name,
      "Drive Type": disk.driveType,
      "Storage Controller": disk.storageController,
      Removable: String(disk.removable),
    },
  ]);
  return { "Number Devices": String(disks.length), ...Object.fromEntries(described) };
}
