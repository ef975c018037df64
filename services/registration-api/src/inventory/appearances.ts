import type { MachineInventory } from "@elemental/api";
import { type Inventories, identitiesOf, inventoriesOf } from "./inventories.ts";

/** How long the watch may take to show what was just written. A slower watch is no reason to refuse a machine. */
const PATIENCE_MS = 2000;

/** Tells whether a new inventory came second. */
export interface Appearances {
  /**
   * Whether another inventory of the machine was there before `created`. The watch shows creations in their order, so
   * at the moment it shows `created` every earlier one is in the cache, and of two only the later sees the other.
   */
  hasElder(created: MachineInventory): Promise<boolean>;
  /** Resolves when the watch has shown that `deleted` is gone. */
  gone(deleted: MachineInventory): Promise<void>;
  stop(): void;
}

export function watchAppearances(inventories: Inventories): Appearances {
  const shown = new Set<string>();
  const second = new Set<string>();
  const waiting = new Map<string, () => void>();
  const unsubscribe = inventories.onChange(({ previous, current }) => {
    if (previous && current) return;
    const uid = (current ?? previous)?.metadata.uid ?? "";
    if (current) {
      shown.add(uid);
      if (hasRival(inventories, current)) second.add(uid);
    } else {
      shown.delete(uid);
      second.delete(uid);
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
    async gone({ metadata: { uid = "" } }) {
      if (shown.has(uid)) await nextChangeOf(uid);
    },
    stop: unsubscribe,
  };
}

/** One that is being deleted is no rival: it is withdrawn, or gone soon. */
function hasRival(inventories: Inventories, inventory: MachineInventory): boolean {
  return identitiesOf(inventory)
    .flatMap((identity) => inventoriesOf(inventories, identity))
    .some(({ metadata }) => metadata.uid !== inventory.metadata.uid && metadata.deletionTimestamp === undefined);
}
