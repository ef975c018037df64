import {
  awaitsApproval,
  type IPAddress,
  type IPAddressClaim,
  ipAddressClaims,
  ipAddresses,
  ipamVersions,
  type MachineInventory,
  type MachineInventorySelector,
  machineInventories,
  machineInventorySelectors,
  type OwnerReference,
  objectKey,
  secrets,
} from "@elemental/api";
import { describeObject, type Kube, KubeError } from "@elemental/kube";
import { deniedBy } from "../admission/standing.ts";
import { ownershipOf } from "../ownership/ownership.ts";
import { cachedOrExisting, existing } from "../reading/existing.ts";
import type { Watches } from "../watches.ts";
import { mayEndAdoption, selectorOwner } from "./adoption.ts";
import { type Approver, approvedBefore } from "./approval.ts";
import { approverOf } from "./approver.ts";
import { claimName, pendingPools } from "./network.ts";
import type { ObservedAddresses, ObservedInventory, ObservedOwner, ObservedPool } from "./observed.ts";
import type { UnconfirmedOwners } from "./unconfirmed-owners.ts";

export interface InventoryReader {
  kube: Pick<Kube, "get" | "serves" | "fieldManagers">;
  watches: Pick<Watches, "planSecrets" | "selectors" | "registrations">;
  unconfirmed: UnconfirmedOwners;
}

/** All reads of the MachineInventory controller. */
export async function observeInventory(
  reader: InventoryReader,
  inventory: MachineInventory,
): Promise<ObservedInventory> {
  const [planSecret, owner, addresses, approver] = await Promise.all([
    readPlanSecret(reader, inventory),
    readOwner(reader, inventory),
    readAddresses(reader, inventory),
    readApprover(reader, inventory),
  ]);
  if (planSecret && ownershipOf(planSecret, inventory) === "stale") await expectNewest(reader, inventory);
  const denier = deniedBy(reader.watches.registrations, inventory);
  const observed = { inventory, planSecret, owner, addresses, approver, deniedBy: denier };
  return owner && mayEndAdoption(inventory, owner) ? confirmed(reader, observed, owner) : observed;
}

/** An inventory that was made anew meanwhile must not take the Secret of its successor for that of its predecessor. */
async function expectNewest({ kube }: InventoryReader, inventory: MachineInventory): Promise<void> {
  const key = objectKey(inventory);
  const found = await existing(kube, machineInventories, key);
  if (found?.metadata.uid === inventory.metadata.uid) return;
  throw new KubeError("Conflict", `${describeObject(machineInventories, key)} was made anew`, { status: 409 });
}

/** An adoption ends by what the API server says: another process may know of it what our watches have yet to tell. */
async function confirmed(
  reader: InventoryReader,
  observed: ObservedInventory,
  { reference }: ObservedOwner,
): Promise<ObservedInventory> {
  const { inventory } = observed;
  const key = objectKey(inventory);
  const [found, planSecret] = await Promise.all([
    existing(reader.kube, machineInventorySelectors, { ...key, name: reference.name }),
    existing(reader.kube, secrets, key),
  ]);
  return { ...observed, owner: observedOwner(reader, inventory, { reference, found }), planSecret };
}

/** Managed fields are not cached: they are read once for each approval. */
async function readApprover({ kube }: InventoryReader, inventory: MachineInventory): Promise<Approver | undefined> {
  const approved = inventory.spec?.approval === "Manual" && !awaitsApproval(inventory);
  if (!approved || approvedBefore(inventory)) return undefined;
  return approverOf(await kube.fieldManagers(machineInventories, objectKey(inventory)));
}

/**
 * A Secret that the watch does not know may be of another type, or newer than the watch. A new inventory has none: its
 * creation tells, and a failed one leads here again with a condition.
 */
async function readPlanSecret({ kube, watches }: InventoryReader, inventory: MachineInventory) {
  const key = objectKey(inventory);
  const cached = watches.planSecrets.get(key);
  const isNew = inventory.status?.conditions === undefined && inventory.metadata.deletionTimestamp === undefined;
  return cached ?? (isNew ? undefined : existing(kube, secrets, key));
}

async function readOwner(reader: InventoryReader, inventory: MachineInventory): Promise<ObservedOwner | undefined> {
  const reference = selectorOwner(inventory);
  if (reference === undefined) {
    reader.unconfirmed.forget(inventory.metadata.uid ?? "");
    return undefined;
  }
  const key = { ...objectKey(inventory), name: reference.name };
  const found = await cachedOrExisting(reader.watches.selectors, reader.kube, machineInventorySelectors, key);
  return observedOwner(reader, inventory, { reference, found });
}

interface FoundOwner {
  reference: OwnerReference;
  /** What has the owner's name now. */
  found: MachineInventorySelector | undefined;
}

function observedOwner(
  { unconfirmed }: InventoryReader,
  { metadata: { uid = "" } }: MachineInventory,
  { reference, found }: FoundOwner,
): ObservedOwner {
  const selector = found?.metadata.uid === reference.uid ? found : undefined;
  const problem = `machineinventoryselectors.elemental.cattle.io "${reference.name}" not found`;
  const isUnconfirmed = selector !== undefined && !selector.status?.machineInventoryRef?.name;
  if (isUnconfirmed) {
    return { reference, selector, problem, unconfirmedSince: unconfirmed.seen(uid, reference.uid) };
  }
  unconfirmed.forget(uid);
  return { reference, selector, problem };
}

async function readAddresses(
  { kube }: InventoryReader,
  inventory: MachineInventory,
): Promise<ObservedAddresses | undefined> {
  const keys = pendingPools(inventory).map(([key]) => key);
  if (keys.length === 0 || inventory.metadata.deletionTimestamp || awaitsApproval(inventory)) return undefined;
  const version = await servedIpamVersion(kube);
  if (version === undefined) return { version, pools: {} };
  const pools = await Promise.all(
    keys.map(async (key) => [key, await readPool(kube, inventory, { key, version })] as const),
  );
  return { version, pools: Object.fromEntries(pools) };
}

async function readPool(
  kube: Pick<Kube, "get">,
  inventory: MachineInventory,
  { key, version }: { key: string; version: string },
): Promise<ObservedPool> {
  const { namespace } = objectKey(inventory);
  const claimKey = { namespace, name: claimName(inventory, key) };
  const claim: IPAddressClaim | undefined = await existing(kube, ipAddressClaims(version), claimKey);
  if (claim === undefined) return { claim, address: undefined };
  const name = claim.status?.addressRef?.name || claimKey.name;
  const address: IPAddress | undefined = await existing(kube, ipAddresses(version), { namespace, name });
  return { claim, address };
}

/** The newest version of the IPAM API that the cluster serves, if any. */
export async function servedIpamVersion(kube: Pick<Kube, "serves">): Promise<string | undefined> {
  for (const version of ipamVersions) {
    if (await kube.serves(ipAddressClaims(version))) return version;
  }
  return undefined;
}
