import {
  credentialHashes,
  type MachineInventory,
  type MachineInventorySelector,
  type MachineRegistration,
  machineInventories,
  machineInventorySelectors,
  machineRegistrations,
  type Secret,
  secrets,
  secretTypes,
} from "@elemental/api";
import type { Informer, Watcher } from "@elemental/kube";

/** Selects the plan Secrets, so that no other Secret of the cluster is watched or kept. */
export const planSecretSelection = { fieldSelector: `type=${secretTypes.plan}` };

/** What this service watches, shared by its controllers and the gateway. */
export interface Watches {
  registrations: Informer<MachineRegistration>;
  inventories: Informer<MachineInventory>;
  planSecrets: Informer<Secret>;
  selectors: Informer<MachineInventorySelector>;
}

/** Index of registrations by the tokens they want or have. */
export const byToken = "token";
/** Index of inventories by the UIDs of their owners. */
export const byOwner = "owner";
/** Index of inventories by the hashes of their machines' valid tokens. */
export const byCredential = "credential";

/** Index of registrations by `namespace/hash` of the machines that they deny. */
export const byDenied = "denied";
/** Index of inventories by `namespace/hash` of their machines. */
export const byMachine = "machine";

/** Starts the watches. Await their `synced()` before deciding anything. */
export function startWatches(kube: Watcher): Watches {
  return {
    registrations: kube.inform(machineRegistrations, { indexers: { [byToken]: tokensOf, [byDenied]: deniedKeys } }),
    inventories: kube.inform(machineInventories, {
      indexers: { [byOwner]: ownerUids, [byCredential]: hashesOf, [byMachine]: machineKeys },
    }),
    planSecrets: kube.inform(secrets, planSecretSelection),
    selectors: kube.inform(machineInventorySelectors),
  };
}

function tokensOf({ spec, status }: MachineRegistration): string[] {
  const tokens = [spec?.token, status?.registrationToken].filter((token) => token !== undefined && token !== "");
  return [...new Set(tokens as string[])];
}

function deniedKeys({ metadata, spec }: MachineRegistration): string[] {
  return (spec?.deny ?? []).map((hash) => `${metadata.namespace}/${hash}`);
}

/** `namespace/hash` of the machine, by its TPM or by what else identifies it. */
export function machineKeys({ metadata, spec }: MachineInventory): string[] {
  return [spec?.tpmHash, spec?.machineHash].flatMap((hash) => (hash ? [`${metadata.namespace}/${hash}`] : []));
}

function ownerUids({ metadata }: MachineInventory): string[] {
  return (metadata.ownerReferences ?? []).map(({ uid }) => uid);
}

function hashesOf({ spec }: MachineInventory): string[] {
  return credentialHashes(spec?.credential);
}
