/** More inventories than are waiting for their selectors at any time. */
const mostKept = 10_000;

/**
 * Since when this process has seen an inventory with an owner whose selector does not refer to it yet. What usually settles
 * within a moment need not be written down; after a restart the moment begins anew.
 */
export class UnconfirmedOwners {
  readonly #since = new Map<string, { owner: string; since: Date }>();
  readonly #now: () => Date;

  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  /** The first time that this owner was seen; both are UIDs. */
  seen(inventory: string, owner: string): Date {
    const known = this.#since.get(inventory);
    if (known?.owner === owner) return known.since;
    const since = this.#now();
    this.#since.set(inventory, { owner, since });
    const [oldest] = this.#since.keys();
    if (this.#since.size > mostKept && oldest !== undefined) this.#since.delete(oldest);
    return since;
  }

  forget(inventory: string): void {
    this.#since.delete(inventory);
  }
}
