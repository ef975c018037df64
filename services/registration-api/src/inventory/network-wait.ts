import { conditionTypes, findCondition, type MachineInventory, objectKey } from "@elemental/api";
import { awaitsAddresses } from "@elemental/protocol";
import { Refusal } from "../refusal.ts";
import type { Inventories } from "./inventories.ts";

/**
 * Waits until the inventory's addresses were claimed (registration-protocol H17); returns it as it is then, at once when
 * it needs none. Throws a Refusal when `signal` ends the wait.
 */
export async function awaitNetwork(
  inventories: Inventories,
  inventory: MachineInventory,
  signal: AbortSignal,
): Promise<MachineInventory> {
  if (!awaitsAddresses(inventory)) return inventory;
  const key = objectKey(inventory);
  const { promise, resolve, reject } = Promise.withResolvers<MachineInventory>();
  const look = () => {
    const current = inventories.get(key);
    if (current && current.metadata.uid === inventory.metadata.uid && isConfigured(current)) resolve(current);
  };
  const giveUp = () =>
    reject(new Refusal("NetworkNotReady", "network configuration not ready", { retryAfterSeconds: 5 }));
  const unsubscribe = inventories.onChange(({ current }) => {
    if (current?.metadata.uid === inventory.metadata.uid) look();
  });
  signal.addEventListener("abort", giveUp, { once: true });
  if (signal.aborted) giveUp();
  look();
  try {
    return await promise;
  } finally {
    unsubscribe();
    signal.removeEventListener("abort", giveUp);
  }
}

/** The condition must be of what is stored now: an older one speaks of other addresses. */
function isConfigured(inventory: MachineInventory): boolean {
  const condition = findCondition(inventory.status?.conditions, conditionTypes.networkConfigReady);
  const current = (condition?.observedGeneration ?? Infinity) >= (inventory.metadata.generation ?? 0);
  return condition?.status === "True" && current && !awaitsAddresses(inventory);
}
