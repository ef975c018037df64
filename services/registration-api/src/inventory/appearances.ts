import type { MachineInventory, ObjectKey } from "@elemental/api";
import { type Inventories, identitiesOf, inventoriesAt, inventoriesOf } from "./inventories.ts";

/** How long the watch may take to show what was just written. A slower watch is no reason to refuse a machine. */
const PATIENCE_MS = 2000;

/** Tells whether a new inventory came second. */
export interface Appearances {
  /**
   * Whether another inventory of the machine was there before `created`. The watch shows creations in their order, so
   * at the moment it shows `created` every earlier one is in the cache, and of two only the later sees the other.
   */
  hasElder(created: MachineInventory): Promise<boolean>;
  /** Whether there were already as many inventories of its registration as there may be; to ask after `hasElder`. */
  isOneTooMany(created: MachineInventory): boolean;
  /** Resolves when the watch has shown that `deleted` is gone. */
  gone(deleted: MachineInventory): Promise<void>;
  stop(): void;
}

/** How many inventories a registration may have; undefined for any number. */
export type LimitOf = (registration: ObjectKey) => number | undefined;

export function watchAppearances(inventories: Inventories, limitOf: LimitOf): Appearances {
  const shown = new Set<string>();
  const second = new Set<string>();
  const tooMany = new Set<string>();
  const waiting = new Map<string, () => void>();
  const unsubscribe = inventories.onChange(({ previous, current }) => {
    if (previous && current) return;
    const uid = (current ?? previous)?.metadata.uid ?? "";
    if (current) {
      shown.add(uid);
      if (hasRival(inventories, current)) second.add(uid);
      if (exceeds(inventories, current, limitOf)) tooMany.add(uid);
    } else {
      shown.delete(uid);
      second.delete(uid);
      tooMany.delete(uid);
    }
    waiting.get(uid)?.();
  });
  const nextChangeOf = (uid: string) =>
    new Promise<void>((resolve) => {
      const settle = () => {
        clearTimeout(timer);
        waiting.delete(uid);
        resolve();
      };
      const timer = setTimeout(settle, PATIENCE_MS);
      waiting.set(uid, settle);
    });
  return {
    async hasElder({ metadata: { uid = "" } }) {
      if (!shown.has(uid)) await nextChangeOf(uid);
      return second.has(uid);
    },
    isOneTooMany: ({ metadata: { uid = "" } }) => tooMany.has(uid),
    async gone({ metadata: { uid = "" } }) {
      if (shown.has(uid)) await nextChangeOf(uid);
    },
    stop: unsubscribe,
  };
}

function exceeds(inventories: Inventories, { metadata, spec }: MachineInventory, limitOf: LimitOf): boolean {
  if (!spec?.registrationRef) return false;
  const key = { namespace: metadata.namespace ?? "", name: spec.registrationRef.name ?? "" };
  const limit = limitOf(key);
  return limit !== undefined && inventoriesAt(inventories, key).length > limit;
}

/** One that is being deleted is no rival: it is withdrawn, or gone soon. */
function hasRival(inventories: Inventories, inventory: MachineInventory): boolean {
  return identitiesOf(inventory)
    .flatMap((identity) => inventoriesOf(inventories, identity))
    .some(({ metadata }) => metadata.uid !== inventory.metadata.uid && metadata.deletionTimestamp === undefined);
}
