import {
  conditionTypes,
  controllerOf,
  finalizers,
  type IPAddressClaim,
  ipAddressClaims,
  type KubeObject,
  type MachineInventory,
  type MachineInventorySelector,
  type MachineRegistration,
  machineInventories,
  machineInventorySelectors,
  machineRegistrations,
  type ObjectKey,
  objectKey,
  pruneInvalid,
  reasons,
  type Secret,
  secrets,
  setCondition,
} from "@elemental/api";
import type { Controller, Source } from "@elemental/controller";
import { isKubeError, type Kube } from "@elemental/kube";
import { byMachine, byOwner, planSecretSelection, type Watches } from "../watches.ts";
import { pendingPools } from "./network.ts";
import { observeInventory } from "./observe.ts";
import type { ObservedInventory } from "./observed.ts";
import { reconcileInventory } from "./reconcile.ts";
import { UnconfirmedOwners } from "./unconfirmed-owners.ts";

/** Also the name of its queue. */
export const inventoryControllerName = "machine-inventory";

const reason = reasons.machineInventory;

export interface InventoryControllerDeps {
  kube: Pick<Kube, "get" | "serves" | "fieldManagers">;
  watches: Watches;
  /** Version of the IPAM API whose claims are watched; undefined when none was served at the start. */
  ipamVersion: string | undefined;
}

/** Gives each machine its plan Secret, its addresses and its reset, and watches over its adoption. */
export function machineInventoryController(
  deps: InventoryControllerDeps,
): Controller<MachineInventory, ObservedInventory> {
  const reader = { ...deps, unconfirmed: new UnconfirmedOwners() };
  return {
    name: inventoryControllerName,
    type: machineInventories,
    finalizer: finalizers.machineInventory,
    sources: sources(deps),
    observe: (inventory) => observeInventory(reader, inventory),
    reconcile: reconcileInventory,
    failed,
  };
}

function sources({ watches, ipamVersion }: InventoryControllerDeps): Source[] {
  const planSecrets: Source<Secret> = { type: secrets, ...planSecretSelection, keysFor: ownersOf };
  const selectors: Source<MachineInventorySelector> = {
    type: machineInventorySelectors,
    keysFor: ({ previous, current }) => {
      const uid = (current ?? previous)?.metadata.uid ?? "";
      return watches.inventories.byIndex(byOwner, uid).map(objectKey);
    },
  };
  const registrations: Source<MachineRegistration> = {
    type: machineRegistrations,
    keysFor: (change) => deniedMachines(watches, change),
  };
  const claims: Source<IPAddressClaim>[] =
    ipamVersion === undefined ? [] : [{ type: ipAddressClaims(ipamVersion), keysFor: ownersOf }];
  return [planSecrets, selectors, registrations, ...claims];
}

/** The inventories of machines that a registration begins or ceases to deny. */
function deniedMachines(
  { inventories }: Watches,
  { previous, current }: { previous: MachineRegistration | undefined; current: MachineRegistration | undefined },
): ObjectKey[] {
  const { namespace } = (current ?? previous)?.metadata ?? {};
  const [before, after] = [new Set(previous?.spec?.deny), new Set(current?.spec?.deny)];
  return [...before.symmetricDifference(after)].flatMap((hash) =>
    inventories.byIndex(byMachine, `${namespace}/${hash}`).map(objectKey),
  );
}

/** The inventories that control the object, before and after the change. */
function ownersOf({
  previous,
  current,
}: {
  previous: KubeObject | undefined;
  current: KubeObject | undefined;
}): ObjectKey[] {
  return [previous, current].flatMap((object) => {
    const owner = object && controllerOf(object);
    return object && owner?.kind === "MachineInventory"
      ? [{ namespace: objectKey(object).namespace, name: owner.name }]
      : [];
  });
}

/** What the API server refused is told to the user; that it could not be reached is not the object's fault. */
function failed(inventory: MachineInventory, error: Error, now: Date): MachineInventory["status"] {
  if (isKubeError(error, "Unavailable", "TooManyRequests", "Unknown")) return inventory.status;
  const verdict = {
    type: conditionTypes.ready,
    status: "False",
    reason: failureReason(inventory),
    message: error.message,
  } as const;
  const context = { now, generation: inventory.metadata.generation };
  return {
    ...inventory.status,
    conditions: setCondition(pruneInvalid(inventory.status?.conditions), verdict, context),
  };
}

function failureReason(inventory: MachineInventory): string {
  if (inventory.metadata.deletionTimestamp) return reason.planFailure;
  if (inventory.status?.plan?.secretRef === undefined) return reason.planCreationFailure;
  return pendingPools(inventory).length > 0 ? reason.networkConfigFailure : reason.planFailure;
}
