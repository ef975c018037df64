import type { ObjectKey, ObjectMeta, SeedImage } from "@elemental/api";
import { objectKey } from "@elemental/api";
import { ownerReference } from "./ownership.ts";

/** All children are named like their SeedImage, in its namespace. */
export function childKey(image: SeedImage): ObjectKey {
  return objectKey(image);
}

export function childMetadata(image: SeedImage): ObjectMeta {
  return { ...childKey(image), ownerReferences: [ownerReference(image)] };
}
