import { type MachineInventory, type MachineRegistration, machineInventories } from "@elemental/api";
import type { Informer, Watcher } from "@elemental/kube";
import type { Machine } from "../authentication/authenticate.ts";
import { Refusal } from "../refusal.ts";

export type Identity = Pick<Machine, "method" | "hash">;

const HASH = "hash";
const REGISTRATION = "registration";

/** The inventories, kept by a watch and found by the hash of their machine. */
export type Inventories = Informer<MachineInventory>;

export function watchInventories(kube: Watcher): Inventories {
  return kube.inform(machineInventories, {
    indexers: {
      [HASH]: (inventory) => identitiesOf(inventory).map(hashKey),
      [REGISTRATION]: ({ metadata, spec }) =>
        spec?.registrationRef ? [`${metadata.namespace}/${spec.registrationRef.name}`] : [],
    },
  });
}

/** The inventories of machines that registered first at the registration. */
export function inventoriesAt(
  inventories: Inventories,
  { namespace, name }: Pick<MachineRegistration["metadata"], "namespace" | "name">,
): MachineInventory[] {
  return inventories.byIndex(REGISTRATION, `${namespace}/${name}`);
}

/** The machine that an inventory stands for; normally one. */
export function identitiesOf({ spec }: MachineInventory): Identity[] {
  return [
    ...(spec?.tpmHash ? [{ method: "tpm" as const, hash: spec.tpmHash }] : []),
    ...(spec?.machineHash ? [{ method: "plain" as const, hash: spec.machineHash }] : []),
  ];
}

/** All inventories of a machine, in every namespace. */
export function inventoriesOf(inventories: Inventories, identity: Identity): MachineInventory[] {
  return inventories.byIndex(HASH, hashKey(identity));
}

/**
 * The one inventory of a machine, undefined for a new machine (registration-protocol 6.1). Throws a Refusal
 * when there are several, or when it belongs to another namespace and must not be taken over (H21).
 */
export function knownInventory(
  inventories: Inventories,
  identity: Identity,
  registration: MachineRegistration,
  allowOtherNamespace: boolean,
): MachineInventory | undefined {
  const [inventory, ...others] = inventoriesOf(inventories, identity);
  if (others.length > 0) {
    throw new Refusal("IdentityAmbiguous", "several MachineInventories claim this machine", {
      detail: [inventory, ...others].map((one) => `${one?.metadata.namespace}/${one?.metadata.name}`).join(", "),
    });
  }
  if (inventory && inventory.metadata.namespace !== registration.metadata.namespace && !allowOtherNamespace) {
    throw new Refusal("RegisteredElsewhere", "this machine is registered elsewhere", {
      detail: `its MachineInventory is ${inventory.metadata.namespace}/${inventory.metadata.name}`,
    });
  }
  return inventory;
}

/** Whether `inventory` is that machine's. */
export function isOf(inventory: MachineInventory, { method, hash }: Identity): boolean {
  return (method === "tpm" ? inventory.spec?.tpmHash : inventory.spec?.machineHash) === hash;
}

/** The field of a new inventory that says which machine it is. */
export function hashField({ method, hash }: Identity): { tpmHash: string } | { machineHash: string } {
  return method === "tpm" ? { tpmHash: hash } : { machineHash: hash };
}

function hashKey({ method, hash }: Identity): string {
  return `${method}:${hash}`;
}
