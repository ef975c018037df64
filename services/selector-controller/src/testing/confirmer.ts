import {
  conditionTypes,
  isTrue,
  type MachineInventory,
  type MachineInventorySelector,
  machineInventories,
  machineInventorySelectors,
  objectKey,
  reasons,
  setCondition,
} from "@elemental/api";
import type { Kube } from "@elemental/kube";
import { selectorOwner } from "../adoption/ownership.ts";

/**
 * Does the inventory controller's part of an adoption (2.2.5): confirms an inventory whose selector refers to it, and
 * releases one whose selector refers to another. Returns what stops it.
 */
export function confirmAdoptions(kube: Kube): () => void {
  const inventories = kube.inform(machineInventories);
  const selectors = kube.inform(machineInventorySelectors);
  const judgeAll = async () => {
    for (const inventory of inventories.list()) {
      const owner = selectorOwner(inventory);
      const selector = owner && selectors.get({ namespace: inventory.metadata.namespace ?? "", name: owner.name });
      // Whoever was faster causes the next change.
      if (selector) await judge(kube, inventory, selector).catch(() => {});
    }
  };
  for (const informer of [inventories, selectors]) informer.onChange(() => void judgeAll());
  return () => {
    inventories.stop();
    selectors.stop();
  };
}

async function judge(kube: Kube, inventory: MachineInventory, selector: MachineInventorySelector): Promise<void> {
  const { name, resourceVersion, generation } = inventory.metadata;
  const key = objectKey(inventory);
  const ref = selector.status?.machineInventoryRef?.name;
  const conditions = inventory.status?.conditions ?? [];
  if (!ref || (ref === name && isTrue(conditions, conditionTypes.adoptionReady))) return;
  if (ref !== name) {
    const body = { metadata: { resourceVersion, ownerReferences: [] } };
    await kube.patch(machineInventories, key, { type: "merge", body });
    return;
  }
  const change = {
    type: conditionTypes.adoptionReady,
    status: "True",
    reason: reasons.machineInventory.adopted,
  } as const;
  const adopted = setCondition(conditions, change, { now: new Date(), generation });
  const body = { metadata: { resourceVersion }, status: { conditions: adopted } };
  await kube.patchStatus(machineInventories, key, { type: "merge", body });
}
