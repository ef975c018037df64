import { join } from "node:path";
import { machineInventories } from "@elemental/api";
import type { Kube } from "@elemental/kube";
import type { Closers } from "@elemental/service";
import { machineFacts } from "@elemental/test";
import { type Firmware, startVirtualMachine, type VirtualMachine } from "@elemental/test/vm";
import { awaitObject } from "../../await-object.ts";
import type { RegisteredMachine } from "../flow/machines.ts";
import { namespace } from "../flow/objects.ts";

export interface Boot {
  /** The downloaded seed image. */
  iso: string;
  /** Where the machine's disk lies. */
  directory: string;
  note(line: string): void;
  /** Ends the machine. */
  closers: Closers;
}

/** A machine that was installed from the seed image and runs from its disk. */
export interface InstalledMachine extends RegisteredMachine {
  vm: VirtualMachine;
}

/** What a machine says on its console on the way, and how it is told. */
const milestones = [
  [/^initramfs: live system/, "started from the seed image"],
  [/identity of this machine \(tpm\): (\w{12})\w*/, "identifies itself by its TPM, $1…"],
  [/registered, configuration received/, "registered and received its configuration"],
  [/\[demo elemental\] installed to (\S+)/, "installed to $1"],
  [/^initramfs: installed system/, "restarted from its disk"],
] as const;

/** Where the console of the machine with this firmware is kept, of those below `directory`. */
export function consoleOf(directory: string, firmware: Firmware): string {
  return join(directory, machineName(firmware), "console.log");
}

/** Its serial number, UUID and MAC address derive from it. */
export function machineName(firmware: Firmware): string {
  return `vm-${firmware}`;
}

/** Starts a virtual machine from the seed image; resolves when it has registered, installed itself and started anew. */
export async function installMachine(kube: Kube, firmware: Firmware, boot: Boot): Promise<InstalledMachine> {
  const name = machineName(firmware);
  const facts = machineFacts(name);
  const vm = await startVirtualMachine({ firmware, facts, iso: boot.iso, directory: join(boot.directory, name) });
  boot.closers.add(`machine ${name}`, () => vm.stop());
  for (const [pattern, text] of milestones) {
    const [said] = await vm.console.says(pattern);
    boot.note(`${name}: ${said.replace(pattern, text)}`);
  }
  const key = { namespace, name: `machine-${facts.serial.toLowerCase()}` };
  await awaitObject(kube, machineInventories, key, () => true);
  return {
    vm,
    key,
    startAgent: () => vm.console.says(/\[simulated agent\] plan \w+ applied/),
    bootstrapped: () => vm.console.says(/\[simulated agent\] plan \w+ applied: [1-9]/),
  };
}
