/** Longer than a watch takes to show what was written. */
const validMs = 2_000;

/**
 * Keeps concurrent runs of one process from choosing the same inventory. It only saves conflicts: what decides is the
 * precondition of the claim. Inventories and holders are UIDs; a holder has one inventory at a time.
 */
export class Reservations {
  readonly #byInventory = new Map<string, { holder: string; until: number }>();
  readonly #byHolder = new Map<string, string>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Reserves the inventory in place of the holder's previous one; false when somebody else has it. */
  take(inventory: string, holder: string): boolean {
    this.#expire();
    const held = this.#byInventory.get(inventory);
    if (held && held.holder !== holder) return false;
    const previous = this.#byHolder.get(holder);
    if (previous !== undefined) this.#byInventory.delete(previous);
    this.#byInventory.delete(inventory);
    this.#byInventory.set(inventory, { holder, until: this.#now() + validMs });
    this.#byHolder.set(holder, inventory);
    return true;
  }

  // In the order of reservation, so the first that is still valid ends the search.
  #expire(): void {
    const now = this.#now();
    for (const [inventory, { holder, until }] of this.#byInventory) {
      if (until > now) return;
      this.#byInventory.delete(inventory);
      this.#byHolder.delete(holder);
    }
  }
}
