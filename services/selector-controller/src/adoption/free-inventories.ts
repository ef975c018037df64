import { type MachineInventory, matchesRequirements, type Requirement } from "@elemental/api";
import type { Change } from "@elemental/kube";
import { byPreference, isFree } from "./candidates.ts";
import { bucketsOf, smallestBucket } from "./label-buckets.ts";
import { Buckets } from "./sorted-set.ts";

/** The free inventories in the order in which they are taken, found by namespace and label. */
export class FreeInventories {
  readonly #buckets = new Buckets<MachineInventory>(byPreference);
  /** By UID. */
  readonly #all = new Map<string, MachineInventory>();
  readonly #belongs: (inventory: MachineInventory) => boolean;

  /** `belongs` makes it an index of other inventories than the free ones. */
  constructor(belongs = isFree) {
    this.#belongs = belongs;
  }

  apply({ previous, current }: Change<MachineInventory>): void {
    if (previous && this.#belongs(previous)) {
      for (const bucket of namesFor(previous)) this.#buckets.delete(bucket, previous);
      this.#all.delete(previous.metadata.uid ?? "");
    }
    if (current && this.#belongs(current)) {
      for (const bucket of namesFor(current)) this.#buckets.add(bucket, current);
      this.#all.set(current.metadata.uid ?? "", current);
    }
  }

  /** All of them, in no order. */
  all(): Iterable<MachineInventory> {
    return this.#all.values();
  }

  /** The free inventories of the namespace that meet the requirements, the one to take first. They are as of the call. */
  *matching(namespace: string, requirements: readonly Requirement[]): Iterable<MachineInventory> {
    const bucket = smallestBucket(namespace, requirements, (name) => this.#buckets.size(name));
    // Whoever iterates may wait in between, while the set changes.
    for (const inventory of [...this.#buckets.items(bucket)]) {
      if (matchesRequirements(requirements, inventory.metadata.labels)) yield inventory;
    }
  }
}

function namesFor({ metadata }: MachineInventory): string[] {
  return bucketsOf(metadata.namespace ?? "", metadata.labels);
}
