import { messageOf } from "../errors.ts";
import type { Log } from "../output/log.ts";
import { type Processor, readProcessors } from "./cpu.ts";
import {
  type Baseboard,
  type Bios,
  type Chassis,
  type Product,
  readBaseboard,
  readBios,
  readChassis,
  readProduct,
} from "./firmware.ts";
import { type Graphics, readGraphics } from "./gpu.ts";
import type { Host } from "./host.ts";
import { readHostname } from "./hostname.ts";
import { type Memory, readMemory } from "./memory.ts";
import { type NetworkInterface, readInterfaces } from "./network.ts";
import { type Disk, listDisks } from "./storage.ts";

/** What could be found out about the machine; a part whose collector failed is undefined. */
export interface HostData {
  product: Product | undefined;
  bios: Bios | undefined;
  baseboard: Baseboard | undefined;
  chassis: Chassis | undefined;
  memory: Memory | undefined;
  processors: Processor[] | undefined;
  graphics: Graphics | undefined;
  interfaces: NetworkInterface[] | undefined;
  disks: Disk[] | undefined;
  hostname: string | undefined;
}

/** Runs all collectors; one that fails is reported and leaves its part out (registration-protocol H19). */
export async function collectHostData(host: Host, log: Log): Promise<HostData> {
  async function part<T>(name: string, read: (host: Host) => T | Promise<T>): Promise<T | undefined> {
    try {
      return await read(host);
    } catch (error) {
      log.record("warning", `cannot read ${name} data, some labels may not be available: ${messageOf(error)}`);
      return undefined;
    }
  }
  return {
    product: await part("product", readProduct),
    bios: await part("BIOS", readBios),
    baseboard: await part("base board", readBaseboard),
    chassis: await part("chassis", readChassis),
    memory: await part("memory", readMemory),
    processors: await part("CPU", readProcessors),
    graphics: await part("GPU", readGraphics),
    interfaces: await part("network", readInterfaces),
    disks: await part("block device", listDisks),
    hostname: await part("host name", readHostname),
  };
}
