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
import { byAge } from "./candidates.ts";

/** A selector that was woken and did not run within this time may be woken again. */
const wakingMs = 5_000;

/** Whether the selector looks for an inventory. */
export function isWaiting({ metadata, status }: MachineInventorySelector): boolean {
  const active = metadata.deletionTimestamp === undefined && metadata.annotations?.[annotations.paused] === undefined;
  return active && !status?.machineInventoryRef?.name;
}

/**
 * Chooses who is told that an inventory became free: the oldest waiting selector that matches and was not woken for
 * another inventory a moment ago. Waking all of them would cost a run of each per machine.
 */
export class WaitingSelectors {
  readonly #waitingIn: (namespace: string) => MachineInventorySelector[];
  readonly #woken = new Map<string, number>();
  readonly #requirements = new WeakMap<MachineInventorySelector, Requirement[] | undefined>();
  readonly #now: () => number;

  constructor(waitingIn: (namespace: string) => MachineInventorySelector[], now: () => number = Date.now) {
    this.#waitingIn = waitingIn;
    this.#now = now;
  }

  /** The selector to wake for this free inventory, if any. */
  next(inventory: MachineInventory): ObjectKey | undefined {
    const eligible = this.#waitingIn(inventory.metadata.namespace ?? "").filter((selector) => {
      return !this.#isWoken(selector) && this.#matches(selector, inventory);
    });
    const [first, ...others] = eligible;
    if (!first) return undefined;
    const oldest = others.reduce((best, selector) => (byAge(selector, best) < 0 ? selector : best), first);
    const key = objectKey(oldest);
    this.#woken.set(formatKey(key), this.#now());
    return key;
  }

  /** Notes that the selector runs, so that it may be woken again. */
  ran(key: ObjectKey): void {
    this.#woken.delete(formatKey(key));
  }

  #isWoken(selector: MachineInventorySelector): boolean {
    const at = this.#woken.get(formatKey(objectKey(selector)));
    return at !== undefined && this.#now() - at < wakingMs;
  }

  #matches(selector: MachineInventorySelector, inventory: MachineInventory): boolean {
    if (!this.#requirements.has(selector)) this.#requirements.set(selector, requirementsOf(selector));
    const requirements = this.#requirements.get(selector);
    return requirements !== undefined && matchesRequirements(requirements, inventory.metadata.labels);
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
