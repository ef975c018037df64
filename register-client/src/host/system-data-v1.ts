import type { JsonObject } from "@elemental/protocol";
import type { HostData } from "./collect.ts";

/**
 * The payload of SystemData for servers of versions 6 to 10: the members from which they build `System Data`
 * (registration-protocol 5.5). Disks of kinds those servers do not know are left out.
 */
export function systemDataV1(data: HostData): JsonObject {
  const processors = data.processors ?? [];
  const disks = (data.disks ?? []).filter(({ driveType, storageController }) => {
    return driveType !== "virtual" && storageController !== "loop";
  });
  return {
    memory: data.memory
      ? {
          total_physical_bytes: data.memory.totalPhysicalBytes,
          total_usable_bytes: data.memory.totalUsableBytes,
          supported_page_sizes: data.memory.supportedPageSizes,
        }
      : null,
    cpu: {
      total_cores: processors.reduce((sum, { cores }) => sum + cores, 0),
      total_threads: processors.reduce((sum, { threads }) => sum + threads, 0),
      processors: processors.map(({ id, model, vendor, capabilities }) => ({ id, model, vendor, capabilities })),
    },
    gpu: {
      cards: (data.graphics?.cards ?? []).map(({ vendorName, productName, pciAddress }) => ({
        address: pciAddress,
        pci: { vendor: { name: vendorName }, product: { name: productName } },
      })),
    },
    network: {
      nics: (data.interfaces ?? []).map(({ name, macAddress, isVirtual }) => ({
        name,
        mac_address: macAddress,
        is_virtual: isVirtual,
      })),
    },
    block: {
      disks: disks.map((disk) => ({
        name: disk.name,
        size_bytes: disk.sizeBytes,
        drive_type: disk.driveType.toLowerCase(),
        storage_controller: disk.storageController.toLowerCase(),
        removable: disk.removable,
      })),
    },
    runtime: { hostname: data.hostname ?? "" },
  };
}
