import type {
  IPAddress,
  IPAddressClaim,
  MachineInventory,
  MachineInventorySelector,
  OwnerReference,
  Secret,
} from "@elemental/api";

import type { Approver } from "./approval.ts";

/** One key of `spec.ipAddressPools` as the IPAM API has it; absent objects do not exist. */
export interface ObservedPool {
  claim: IPAddressClaim | undefined;
  address: IPAddress | undefined;
}

/** Addresses that a machine waits for. */
export interface ObservedAddresses {
  /** Version of the IPAM API in use; undefined when none is served. */
  version: string | undefined;
  pools: Readonly<Record<string, ObservedPool>>;
}

/** The selector that owns the inventory; `selector` is absent when it cannot be read, for the reason in `problem`. */
export interface ObservedOwner {
  reference: OwnerReference;
  selector: MachineInventorySelector | undefined;
  problem: string;
  /** Since when the selector is known to refer to no inventory; absent when that is not known. */
  unconfirmedSince?: Date;
}

/** Everything that decides about a MachineInventory. */
export interface ObservedInventory {
  inventory: MachineInventory;
  planSecret: Secret | undefined;
  owner: ObservedOwner | undefined;
  /** Name of the registration that denies the machine. */
  deniedBy?: string | undefined;
  /** Read when the machine was just approved. */
  approver?: Approver | undefined;
  /** Undefined when the machine waits for no address. */
  addresses: ObservedAddresses | undefined;
}
