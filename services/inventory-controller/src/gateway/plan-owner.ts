import { controllerOf, type MachineInventory, type ObjectKey, objectKey, type Secret } from "@elemental/api";

/** A machine as the owner of its plan Secret. */
export interface PlanOwner {
  /** Of the inventory, and of the plan Secret. */
  key: ObjectKey;
  /** UID of the inventory. */
  uid: string;
  /** SHA-256 of the token that the machine showed. */
  hash: string;
}

export function planOwner(inventory: MachineInventory, hash: string): PlanOwner {
  return { key: objectKey(inventory), uid: inventory.metadata.uid ?? "", hash };
}

/** Whether the Secret is the machine's; one of the same name that an earlier inventory left is none of its business. */
export function owns({ uid }: PlanOwner, secret: Secret): boolean {
  return controllerOf(secret)?.uid === uid;
}
