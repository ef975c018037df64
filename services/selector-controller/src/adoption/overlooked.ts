import type { ObjectKey } from "@elemental/api";
import type { FreeInventories } from "./free-inventories.ts";
import type { WaitingSelectors } from "./waiting-selectors.ts";

/** An inventory that is free for longer than this was not taken by whom its change has woken. */
const graceMs = 500;
/** How long to wait before another selector is woken for the same inventory. */
const againMs = 5_000;
const mostAtOnce = 50;

/**
 * Finds free inventories that nobody came for although somebody waits. One change of an inventory wakes one selector; with
 * several replicas, whose caches differ for a moment, that one may have found another inventory or none.
 */
export class OverlookedInventories {
  readonly #free: FreeInventories;
  readonly #waiting: WaitingSelectors;
  readonly #now: () => number;
  /** By the UID of the inventory. */
  #due = new Map<string, number>();

  constructor(free: FreeInventories, waiting: WaitingSelectors, now: () => number = Date.now) {
    this.#free = free;
    this.#waiting = waiting;
    this.#now = now;
  }

  /** The selectors to wake now. To be asked every `graceMs` or so. */
  selectorsToWake(): ObjectKey[] {
    const [now, known] = [this.#now(), this.#due];
    this.#due = new Map();
    if (this.#waiting.size === 0) return [];
    const keys: ObjectKey[] = [];
    for (const inventory of this.#free.all()) {
      const { uid = "" } = inventory.metadata;
      const due = known.get(uid) ?? now + graceMs;
      const isDue = due <= now && keys.length < mostAtOnce;
      this.#due.set(uid, isDue ? now + againMs : due);
      const key = isDue ? this.#waiting.next(inventory) : undefined;
      if (key) keys.push(key);
    }
    return keys;
  }
}
