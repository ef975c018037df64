import type { MachineInventory } from "@elemental/api";
import { type Identity, type Inventories, inventoriesOf } from "./inventories.ts";

/** How long the watch may take to show what was just created. A slower watch is no reason to refuse a machine. */
const PATIENCE_MS = 2000;

/** Tells whether a new inventory came second. */
export interface Appearances {
  /**
   * Whether another inventory of the machine was there before `created`. The watch shows creations in their order, so
   * at the moment it shows `created` every earlier one is in the cache, and of two only the later sees the other.
   */
  hasElder(created: MachineInventory, identity: Identity): Promise<boolean>;
  stop(): void;
}

export function watchAppearances(inventories: Inventories): Appearances {
  const waiting = new Map<string, () => void>();
  const unsubscribe = inventories.onChange(({ previous, current }) => {
    if (!previous && current?.metadata.uid) waiting.get(current.metadata.uid)?.();
  });
  return {
    hasElder(created, identity) {
      const uid = created.metadata.uid ?? "";
      const elder = () => inventoriesOf(inventories, identity).some((other) => isElder(other, uid));
      if (inventoriesOf(inventories, identity).some(({ metadata }) => metadata.uid === uid))
        return Promise.resolve(elder());
      return new Promise((resolve) => {
        const settle = () => {
          clearTimeout(timer);
          waiting.delete(uid);
          resolve(elder());
        };
        const timer = setTimeout(settle, PATIENCE_MS);
        waiting.set(uid, settle);
      });
    },
    stop: unsubscribe,
  };
}

/** One that is being deleted is no rival: it is withdrawn, or gone soon. */
function isElder({ metadata }: MachineInventory, uid: string): boolean {
  return metadata.uid !== uid && metadata.deletionTimestamp === undefined;
}
