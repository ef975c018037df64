export { readInstalledFile, readPartitions } from "./disk.ts";
export type { StubRecord } from "./guest/record.ts";
export type { SerialConsole } from "./hypervisor/serial-console.ts";
export {
  type Firmware,
  hostAddress,
  manufacturer,
  product,
  startVirtualMachine,
  type VirtualMachine,
  type VirtualMachineOptions,
} from "./hypervisor/virtual-machine.ts";
export { makeLiveIso } from "./live-system/live-iso.ts";
