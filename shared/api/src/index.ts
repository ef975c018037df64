export { awaitsApproval, isAdmitted } from "./admission.ts";
export {
  type ConditionContext,
  type ConditionInput,
  findCondition,
  isTrue,
  kubeTime,
  pruneInvalid,
  setCondition,
} from "./conditions.ts";
export { type CustomResourceDefinition, customResourceDefinitionType } from "./crd/custom-resource-definition.ts";
export { customResourceDefinitions } from "./crd/definitions.ts";
export { type StructuralSchema, structuralSchema } from "./crd/structural.ts";
export { credentialHashes, issueCredential, useCredential } from "./credential.ts";
export * from "./foreign/cluster-api.ts";
export * from "./foreign/core.ts";
export * from "./foreign/fleet.ts";
export * from "./foreign/ipam.ts";
export * from "./foreign/lease.ts";
export * from "./foreign/pod.ts";
export * from "./foreign/rancher.ts";
export * from "./foreign/rbac.ts";
export { parseJson, stringifyJson } from "./json.ts";
export * from "./keys.ts";
export type { Hardware } from "./kinds/hardware.ts";
export * from "./kinds/machine-inventory.ts";
export * from "./kinds/machine-inventory-selector.ts";
export * from "./kinds/machine-inventory-selector-template.ts";
export type { AllowedMachines, RetiredToken } from "./kinds/machine-registration/admission-policy.ts";
export * from "./kinds/machine-registration/elemental-config.ts";
export * from "./kinds/machine-registration/machine-registration.ts";
export * from "./kinds/managed-os-image/fleet.ts";
export * from "./kinds/managed-os-image/managed-os-image.ts";
export * from "./kinds/managed-os-version.ts";
export * from "./kinds/managed-os-version-channel.ts";
export * from "./kinds/metadata.ts";
export type { NetworkConfigurator } from "./kinds/network.ts";
export * from "./kinds/seed-image.ts";
export type { Condition, KubeObject, ObjectKey, ObjectMeta, OwnerReference, ResourceType } from "./meta.ts";
export * from "./names/conditions.ts";
export * from "./names/metadata.ts";
export { type EnvFromSource, type EnvVar, envFromSource, envVar, type UpgradeContainer } from "./schema/container.ts";
export { apiGroup, apiVersion, isJsonObject, servedVersion } from "./schema/fields.ts";
export type {
  LabelSelector,
  LocalObjectReference,
  ObjectReference,
  TypedLocalObjectReference,
} from "./schema/references.ts";
export {
  labelRequirements,
  matchesRequirements,
  parseLabelSelector,
  type Requirement,
  SelectorError,
} from "./selectors.ts";
export { randomToken, randomTokenPattern } from "./token.ts";
