import { controllerOf, type KubeObject } from "@elemental/api";

/**
 * Whose an object is: `stale` belongs to an earlier object of the owner's kind and name, as after a restored backup, and
 * may be taken over; `foreign` must never be written.
 */
export type Ownership = "owned" | "stale" | "foreign";

/** Whether `object` belongs to `owner` (resources-and-controllers 1.6, rule 12). */
export function ownershipOf(object: KubeObject, owner: KubeObject): Ownership {
  const controller = controllerOf(object);
  if (controller === undefined) return "foreign";
  if (controller.uid === owner.metadata.uid) return "owned";
  const [group] = owner.apiVersion.split("/");
  const sameIdentity =
    controller.apiVersion.startsWith(`${group}/`) &&
    controller.kind === owner.kind &&
    controller.name === owner.metadata.name;
  return sameIdentity ? "stale" : "foreign";
}
