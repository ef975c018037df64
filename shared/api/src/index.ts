export { parseJson, stringifyJson } from "./json.ts";
export type { Condition, KubeObject, ObjectKey, ObjectMeta, OwnerReference, ResourceType } from "./meta.ts";
export {
  type LabelSelector,
  labelRequirements,
  matchesRequirements,
  parseLabelSelector,
  type Requirement,
  SelectorError,
} from "./selectors.ts";
