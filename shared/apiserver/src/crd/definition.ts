import type { ApiObject } from "../object/object.ts";
import type { Schema } from "../schema/schema.ts";

export interface Names {
  plural: string;
  singular?: string;
  kind: string;
  listKind?: string;
  shortNames?: string[];
  categories?: string[];
}

export interface PrinterColumn {
  name: string;
  type: string;
  format?: string;
  description?: string;
  priority?: number;
  jsonPath: string;
}

export interface Version {
  name: string;
  served: boolean;
  storage: boolean;
  deprecated?: boolean;
  deprecationWarning?: string;
  schema?: { openAPIV3Schema?: Schema };
  subresources?: { status?: object; scale?: object };
  additionalPrinterColumns?: PrinterColumn[];
  selectableFields?: { jsonPath: string }[];
}

export interface DefinitionSpec {
  group: string;
  scope: "Namespaced" | "Cluster";
  names: Names;
  versions: Version[];
  preserveUnknownFields?: boolean;
  conversion?: { strategy?: string; webhook?: object };
}

export interface DefinitionCondition {
  type: string;
  status: "True" | "False" | "Unknown";
  lastTransitionTime: string;
  reason: string;
  message: string;
}

export interface DefinitionStatus {
  acceptedNames?: Names;
  conditions?: DefinitionCondition[] | null;
  storedVersions?: string[];
}

/** A CustomResourceDefinition that was validated. */
export interface CustomResourceDefinition extends ApiObject {
  spec: DefinitionSpec;
  status?: DefinitionStatus;
}

/** Group of the CustomResourceDefinition kind. */
export const definitionGroup = "apiextensions.k8s.io";
/** Collection in the store. */
export const definitionStorage = "customresourcedefinitions.apiextensions.k8s.io";
/** Keeps a definition until its objects are gone. */
export const cleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io";

export function isTrue(definition: CustomResourceDefinition, type: string): boolean {
  return definition.status?.conditions?.some((item) => item.type === type && item.status === "True") ?? false;
}
