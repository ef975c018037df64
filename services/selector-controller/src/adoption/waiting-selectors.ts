import {
  annotations,
  formatKey,
  labelRequirements,
  type MachineInventory,
  type MachineInventorySelector,
  matchesRequirements,
  type ObjectKey,
  objectKey,
  type Requirement,
} from "@elemental/api";
import type { Change } from "@elemental/kube";
import { byAge } from "./candidates.ts";
import { bucketsOf, smallestBucket } from "./label-buckets.ts";
import { Buckets } from "./sorted-set.ts";

/** A selector that was woken and did not run within this time may be woken again. */
const wakingMs = 5_000;

/** Whether the selector looks for an inventory. */
export function isWaiting({ metadata, status }: MachineInventorySelector): boolean {
  const active = metadata.deletionTimestamp === undefined && metadata.annotations?.[annotations.paused] === undefined;
  return active && !status?.machineInventoryRef?.name;
}

interface Waiter {
  selector: MachineInventorySelector;
  requirements: Requirement[];
  /** Where it can be found while it is not woken. */
  bucket: string;
}

/**
 * Chooses who is told that an inventory became free: the oldest waiting selector that matches and was not woken for
 * another inventory a moment ago. Waking all of them would cost a run of each per machine.
 */
export class WaitingSelectors {
  readonly #waiters = new Map<string, Waiter>();
  readonly #buckets = new Buckets<Waiter>((a, b) => byAge(a.selector, b.selector));
  /** When the selector was woken, in that order. */
  readonly #woken = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  get size(): number {
    return this.#waiters.size;
  }

  apply({ previous, current }: Change<MachineInventorySelector>): void {
    const selector = current ?? previous;
    if (!selector) return;
    const key = formatKey(objectKey(selector));
    const known = this.#waiters.get(key);
    if (known) this.#buckets.delete(known.bucket, known);
    const waiter = current && isWaiting(current) ? this.#waiterFor(current) : undefined;
    if (!waiter) {
      this.#waiters.delete(key);
      this.#woken.delete(key);
      return;
    }
    this.#waiters.set(key, waiter);
    if (!this.#woken.has(key)) this.#buckets.add(waiter.bucket, waiter);
  }

  /** The selector to wake for this free inventory, if any. */
  next({ metadata }: MachineInventory): ObjectKey | undefined {
    this.#forgetOldWakings();
    const first = bucketsOf(metadata.namespace ?? "", metadata.labels)
      .flatMap((bucket) => this.#firstMatch(bucket, metadata.labels) ?? [])
      .reduce<Waiter | undefined>((best, waiter) => {
        return best && byAge(best.selector, waiter.selector) < 0 ? best : waiter;
      }, undefined);
    if (!first) return undefined;
    const key = objectKey(first.selector);
    this.#buckets.delete(first.bucket, first);
    this.#woken.set(formatKey(key), this.#now());
    return key;
  }

  /** Notes that the selector runs, so that it may be woken again. */
  ran(key: ObjectKey): void {
    this.#sleepAgain(formatKey(key));
  }

  #firstMatch(bucket: string, labels: Record<string, string> | undefined): Waiter | undefined {
    for (const waiter of this.#buckets.items(bucket)) {
      if (matchesRequirements(waiter.requirements, labels)) return waiter;
    }
    return undefined;
  }

  #forgetOldWakings(): void {
    for (const [key, at] of this.#woken) {
      if (this.#now() - at < wakingMs) return;
      this.#sleepAgain(key);
    }
  }

  #sleepAgain(key: string): void {
    if (!this.#woken.delete(key)) return;
    const waiter = this.#waiters.get(key);
    if (waiter) this.#buckets.add(waiter.bucket, waiter);
  }

  #waiterFor(selector: MachineInventorySelector): Waiter | undefined {
    const requirements = requirementsOf(selector);
    if (!requirements) return undefined;
    const bucket = smallestBucket(selector.metadata.namespace ?? "", requirements, (name) => this.#buckets.size(name));
    return { selector, requirements, bucket };
  }
}

// A selector that cannot be understood waits for its user, not for an inventory.
function requirementsOf(selector: MachineInventorySelector): Requirement[] | undefined {
  try {
    return labelRequirements(selector.spec?.selector ?? {});
  } catch {
    return undefined;
  }
}
