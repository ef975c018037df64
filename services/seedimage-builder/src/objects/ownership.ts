import {
  controllerOf,
  controllerOwnerReference,
  type KubeObject,
  type OwnerReference,
  type SeedImage,
  seedImages,
} from "@elemental/api";

/** `stale`: belongs to a SeedImage of this name with another UID, as after a restored backup; it is ours to take over. */
export type Ownership = "ours" | "stale" | "foreign";

export function ownershipOf(child: KubeObject, image: SeedImage): Ownership {
  const owner = controllerOf(child);
  if (!owner) return "foreign";
  if (owner.uid === image.metadata.uid) return "ours";
  return owner.kind === seedImages.kind && owner.name === image.metadata.name ? "stale" : "foreign";
}

/** A child keeps its SeedImage from vanishing in a foreground deletion before the child did. */
export function ownerReference(image: SeedImage): OwnerReference {
  return { ...controllerOwnerReference(image, seedImages), blockOwnerDeletion: true };
}
