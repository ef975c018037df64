import { type MachineInventory, machineInventories } from "@elemental/api";
import type { Kube } from "@elemental/kube";
import type { Closers } from "@elemental/service";
import { type Agent, createMachine, type Machine } from "@elemental/test";
import { awaitObject } from "../../await-object.ts";
import { namespace } from "./objects.ts";

/** A machine that has registered. */
export interface RegisteredMachine {
  /** Its MachineInventory. */
  key: { namespace: string; name: string };
  /** Lets its system agent run and apply the first plan. */
  startAgent(): Promise<unknown>;
  /** Resolves when its agent has applied a plan with files in it. */
  bootstrapped(): Promise<unknown>;
}

/** Machines at work at once: each runs a TPM and a client of its own. */
const parallel = 4;

interface Boot {
  /** The registration file of the seed image. */
  registration: string;
  note(line: string): void;
  /** Ends the machines. */
  closers: Closers;
}

/** Boots `count` simulated machines from the seed image's registration and registers them. */
export async function registerMachines(kube: Kube, { count, ...boot }: Boot & { count: number }) {
  const names = Array.from({ length: count }, (_, index) => `demo-${index + 1}`).values();
  const registered: RegisteredMachine[] = [];
  const worker = async () => {
    for (const name of names) registered.push(await registerMachine(kube, name, boot));
  };
  await Promise.all(Array.from({ length: Math.min(parallel, count) }, worker));
  return registered;
}

async function registerMachine(
  kube: Kube,
  name: string,
  { registration, note, closers }: Boot,
): Promise<RegisteredMachine> {
  const machine = await createMachine({ name, registration, tpm: "swtpm" });
  closers.add(`machine ${name}`, () => machine.stop());
  const { status, lines } = await machine.register();
  if (status !== 0) throw new Error(`${name} could not register:\n${lines.slice(-8).join("\n")}`);
  const key = { namespace, name: `machine-${machine.facts.serial.toLowerCase()}` };
  await awaitObject(kube, machineInventories, key, () => true);
  note(`${name} registered as MachineInventory ${namespace}/${key.name}`);
  return simulated(machine, key);
}

function simulated(machine: Machine, key: RegisteredMachine["key"]): RegisteredMachine {
  let agent: Agent | undefined;
  return {
    key,
    async startAgent() {
      agent = machine.startAgent();
      await agent.applied();
    },
    bootstrapped: async () => agent?.applied(({ plan }) => (plan.files ?? []).length > 0),
  };
}

/** The MachineInventory as it is now. */
export function readInventory(kube: Kube, { key }: RegisteredMachine): Promise<MachineInventory> {
  return kube.get(machineInventories, key);
}
