export type { Condition, KubeObject, ObjectKey, ObjectMeta, OwnerReference, ResourceType } from "./meta.ts";
