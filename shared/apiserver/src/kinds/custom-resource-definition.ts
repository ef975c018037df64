import type { CustomResourceDefinition, DefinitionStatus } from "../crd/definition.ts";
import { definitionErrors } from "../crd/validate/index.ts";
import { definitionWarnings } from "../crd/validate/warnings.ts";
import type { ApiObject } from "../object/object.ts";
import { column, nameColumn } from "../table/columns.ts";
import { defineKind } from "./define.ts";

function asDefinition(object: ApiObject): CustomResourceDefinition {
  return object as CustomResourceDefinition;
}

function setDefaults(object: ApiObject): void {
  object.spec ??= {};
  const { spec } = asDefinition(object);
  if (spec.names?.kind) {
    spec.names.singular ??= spec.names.kind.toLowerCase();
    spec.names.listKind ??= `${spec.names.kind}List`;
  }
  spec.conversion ??= { strategy: "None" };
}

function recordStoredVersion(object: ApiObject, status: DefinitionStatus): void {
  const storage = asDefinition(object).spec?.versions?.find((version) => version.storage)?.name;
  const storedVersions = status.storedVersions ?? [];
  object.status = {
    ...status,
    storedVersions: storage && !storedVersions.includes(storage) ? [...storedVersions, storage] : storedVersions,
  };
}

export const customResourceDefinitions = defineKind({
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  namespaced: false,
  definition: "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition",
  shortNames: ["crd", "crds"],
  categories: ["api-extensions"],
  subresources: ["status"],
  strategy: {
    hasGeneration: true,
    allowsUnconditionalUpdate: false,
    setDefaults,
    validate: definitionErrors,
    warnings: definitionWarnings,
    prepareForCreate: (object) =>
      recordStoredVersion(object, { conditions: null, acceptedNames: { plural: "", kind: "" } }),
    prepareForUpdate: (object) => recordStoredVersion(object, asDefinition(object).status ?? {}),
    columns: [
      nameColumn,
      column("Created At", ({ metadata }) => metadata.creationTimestamp ?? "", {
        description: "When the definition was created.",
      }),
    ],
  },
});
