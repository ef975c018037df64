import { dns1035Errors, subdomainErrors } from "../../object/names.ts";
import { type FieldError, invalid, notSupported, required } from "../../status/field-error.ts";
import type { CustomResourceDefinition, DefinitionSpec } from "../definition.ts";

const approvalAnnotation = "api-approved.kubernetes.io";

/** Errors in the group, the scope and the names of a definition. */
export function namingErrors({ metadata, spec }: CustomResourceDefinition): FieldError[] {
  const { group = "", scope = "", names } = spec;
  const expected = `${names?.plural}.${group}`;
  return [
    ...(metadata.name === expected
      ? []
      : [invalid("metadata.name", metadata.name, 'must be spec.names.plural+"."+spec.group')]),
    ...groupErrors(group),
    ...approvalErrors(group, metadata.annotations ?? {}),
    ...scopeErrors(scope),
    ...nameListErrors(spec),
  ];
}

function groupErrors(group: string): FieldError[] {
  if (group === "") return [required("spec.group")];
  const errors = subdomainErrors(group).map((why) => invalid("spec.group", group, why));
  if (errors.length > 0 || group.includes(".")) return errors;
  return [invalid("spec.group", group, "should be a domain with at least one dot")];
}

// Groups of the Kubernetes project need its consent.
function approvalErrors(group: string, annotations: Record<string, string>): FieldError[] {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(group) || annotations[approvalAnnotation]) return [];
  const field = `metadata.annotations[${approvalAnnotation}]`;
  return [required(field, `protected groups must have approval annotation "${approvalAnnotation}"`)];
}

function scopeErrors(scope: string): FieldError[] {
  if (scope === "") return [required("spec.scope")];
  const scopes = ["Cluster", "Namespaced"];
  return scopes.includes(scope) ? [] : [notSupported("spec.scope", scope, scopes)];
}

function nameListErrors({ names }: DefinitionSpec): FieldError[] {
  const { plural = "", singular = "", kind = "", listKind = "", shortNames = [], categories = [] } = names ?? {};
  const at = (name: string) => `spec.names.${name}`;
  const isSame = kind !== "" && kind === listKind;
  return [
    ...labelErrors(at("plural"), plural),
    ...labelErrors(at("singular"), singular),
    ...kindErrors(at("kind"), kind),
    ...kindErrors(at("listKind"), listKind),
    ...(isSame ? [invalid(at("listKind"), listKind, "kind and listKind may not be the same")] : []),
    ...shortNames.flatMap((name, index) => labelErrors(`${at("shortNames")}[${index}]`, name)),
    ...categories.flatMap((name, index) => labelErrors(`${at("categories")}[${index}]`, name)),
  ];
}

function labelErrors(field: string, name: string): FieldError[] {
  if (name === "") return [required(field)];
  return dns1035Errors(name).map((why) => invalid(field, name, why));
}

function kindErrors(field: string, kind: string): FieldError[] {
  if (kind === "") return [required(field)];
  return dns1035Errors(kind.toLowerCase()).map((why) =>
    invalid(field, kind, `may have mixed case, but should otherwise match: ${why}`),
  );
}
