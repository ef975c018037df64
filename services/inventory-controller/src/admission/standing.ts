import { awaitsApproval, type MachineInventory, type MachineRegistration } from "@elemental/api";
import type { Informer } from "@elemental/kube";
import { byDenied, byMachine, machineKeys } from "../watches.ts";

/** Whether machines that have a credential may use it. */
export interface Standing {
  isAdmitted(inventory: MachineInventory): boolean;
  /** Calls `listener` with each machine that was denied, or whose approval was withdrawn. */
  onShutOut(listener: (inventory: MachineInventory) => void): () => void;
}

export interface StandingDeps {
  /** With the index `byDenied`. */
  registrations: Informer<MachineRegistration>;
  /** With the index `byMachine`. */
  inventories: Informer<MachineInventory>;
}

/** Decides from what the registrations of the namespace and the inventory itself say now. */
export function standing({ registrations, inventories }: StandingDeps): Standing {
  return {
    isAdmitted: (inventory) => !awaitsApproval(inventory) && deniedBy(registrations, inventory) === undefined,
    onShutOut(listener) {
      const stops = [
        registrations.onChange(({ previous, current }) => {
          const before = new Set(previous?.spec?.deny);
          for (const hash of current?.spec?.deny ?? []) {
            if (before.has(hash)) continue;
            for (const one of inventories.byIndex(byMachine, `${current?.metadata.namespace}/${hash}`)) listener(one);
          }
        }),
        inventories.onChange(({ previous, current }) => {
          if (previous && current && awaitsApproval(current) && !awaitsApproval(previous)) listener(current);
        }),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

/** The name of the registration that denies the machine, the first of several; undefined when none does. */
export function deniedBy(
  registrations: Pick<Informer<MachineRegistration>, "byIndex">,
  inventory: MachineInventory,
): string | undefined {
  const names = machineKeys(inventory)
    .flatMap((key) => registrations.byIndex(byDenied, key))
    .map(({ metadata }) => metadata.name);
  return names.sort()[0];
}
