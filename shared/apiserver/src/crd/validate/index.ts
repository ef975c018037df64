import type { ApiObject } from "../../object/object.ts";
import { type FieldError, invalid } from "../../status/field-error.ts";
import type { CustomResourceDefinition } from "../definition.ts";
import { isTrue } from "../definition.ts";
import { namingErrors } from "./names.ts";
import { versionErrors } from "./versions.ts";

/** Errors of a CustomResourceDefinition. Once established, its scope and kind stay. */
export function definitionErrors(object: ApiObject, old: ApiObject | undefined): FieldError[] {
  const definition = object as CustomResourceDefinition;
  return [
    ...namingErrors(definition),
    ...versionErrors(definition.spec),
    ...storedVersionErrors(definition),
    ...(old ? changeErrors(definition, old as CustomResourceDefinition) : []),
  ];
}

function storedVersionErrors({ spec, status }: CustomResourceDefinition): FieldError[] {
  const stored = status?.storedVersions ?? [];
  if (stored.length === 0) return [invalid("status.storedVersions", null, "must have at least one stored version")];
  const known = new Set((spec.versions ?? []).map(({ name }) => name));
  return stored
    .map((name, index) => ({ name, field: `status.storedVersions[${index}]` }))
    .filter(({ name }) => !known.has(name))
    .map(({ name, field }) =>
      invalid(
        field,
        name,
        `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`,
      ),
    );
}

function changeErrors({ spec }: CustomResourceDefinition, old: CustomResourceDefinition): FieldError[] {
  const fixed = [
    { field: "spec.group", value: spec.group, before: old.spec.group },
    { field: "spec.names.plural", value: spec.names.plural, before: old.spec.names.plural },
    ...(isTrue(old, "Established")
      ? [
          { field: "spec.scope", value: spec.scope, before: old.spec.scope },
          { field: "spec.names.kind", value: spec.names.kind, before: old.spec.names.kind },
        ]
      : []),
  ];
  return fixed
    .filter(({ value, before }) => value !== before)
    .map(({ field, value }) => invalid(field, value, "field is immutable"));
}
