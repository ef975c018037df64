export { parseJson, stringifyJson } from "./json.ts";
export type { Condition, KubeObject, ObjectKey, ObjectMeta, OwnerReference, ResourceType } from "./meta.ts";
