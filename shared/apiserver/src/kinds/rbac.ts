import { pathSegmentErrors } from "../object/names.ts";
import { type ApiObject, isEqual, type JsonObject } from "../object/object.ts";
import type { Column, Resource } from "../resources/resource.ts";
import { type FieldError, invalid, required } from "../status/field-error.ts";
import { ageColumn, column, nameColumn } from "../table/columns.ts";
import { defineKind } from "./define.ts";

const group = "rbac.authorization.k8s.io";

interface PolicyRule {
  verbs?: string[];
  apiGroups?: string[];
  resources?: string[];
  nonResourceURLs?: string[];
}

interface Subject extends JsonObject {
  kind?: string;
  name?: string;
  namespace?: string;
  apiGroup?: string;
}

interface Role extends ApiObject {
  rules?: PolicyRule[];
}

interface Binding extends ApiObject {
  roleRef?: { apiGroup?: string; kind?: string; name?: string };
  subjects?: Subject[];
}

function oneOf(field: string, value: string, allowed: readonly string[]): FieldError[] {
  if (allowed.includes(value)) return [];
  const list = allowed.map((item) => JSON.stringify(item)).join(", ");
  return [{ kind: "notSupported", field, value, detail: `supported values: ${list}` }];
}

function ruleErrors(rule: PolicyRule, path: string, isNamespaced: boolean): FieldError[] {
  const { verbs = [], apiGroups = [], resources = [], nonResourceURLs = [] } = rule;
  const errors = verbs.length > 0 ? [] : [required(`${path}.verbs`, "verbs must contain at least one value")];
  if (nonResourceURLs.length > 0) {
    const why = isNamespaced
      ? "namespaced rules cannot apply to non-resource URLs"
      : "rules cannot apply to both regular resources and non-resource URLs";
    const isBad = isNamespaced || apiGroups.length > 0 || resources.length > 0;
    return isBad ? [...errors, invalid(`${path}.nonResourceURLs`, nonResourceURLs, why)] : errors;
  }
  if (apiGroups.length === 0)
    errors.push(required(`${path}.apiGroups`, "resource rules must supply at least one api group"));
  if (resources.length === 0)
    errors.push(required(`${path}.resources`, "resource rules must supply at least one resource"));
  return errors;
}

function setBindingDefaults(binding: Binding): void {
  if (binding.roleRef) binding.roleRef.apiGroup ||= group;
  for (const subject of binding.subjects ?? []) {
    if (subject.kind === "User" || subject.kind === "Group") subject.apiGroup ??= group;
  }
}

function bindingErrors(binding: Binding, old: Binding | undefined, isNamespaced: boolean): FieldError[] {
  const { roleRef = {}, subjects = [] } = binding;
  const kinds = isNamespaced ? ["Role", "ClusterRole"] : ["ClusterRole"];
  return [
    ...oneOf("roleRef.kind", roleRef.kind ?? "", kinds),
    ...(roleRef.name ? [] : [required("roleRef.name")]),
    ...subjects.flatMap((subject, index) => subjectErrors(subject, `subjects[${index}]`, isNamespaced)),
    ...(old && !isEqual(old.roleRef, roleRef) ? [invalid("roleRef", roleRef, "cannot change roleRef")] : []),
  ];
}

function subjectErrors({ kind = "", name, namespace }: Subject, path: string, isNamespaced: boolean): FieldError[] {
  return [
    ...(name ? [] : [required(`${path}.name`)]),
    ...oneOf(`${path}.kind`, kind, ["ServiceAccount", "User", "Group"]),
    ...(kind === "ServiceAccount" && !isNamespaced && !namespace ? [required(`${path}.namespace`)] : []),
  ];
}

const subjectsText = (kind: string) => (binding: Binding) =>
  (binding.subjects ?? [])
    .filter((subject) => subject.kind === kind)
    .map(({ name, namespace = "" }) => (kind === "ServiceAccount" ? `${namespace}/${name}` : name))
    .join(", ");

const roleColumns: readonly Column[] = [
  nameColumn,
  column("Created At", ({ metadata }) => metadata.creationTimestamp ?? "", { type: "date" }),
];

const bindingColumns: readonly Column[] = [
  nameColumn,
  column("Role", ({ roleRef }: Binding) => `${roleRef?.kind}/${roleRef?.name}`),
  ageColumn,
  column("Users", subjectsText("User"), { priority: 1 }),
  column("Groups", subjectsText("Group"), { priority: 1 }),
  column("ServiceAccounts", subjectsText("ServiceAccount"), { priority: 1 }),
];

function role(kind: string, plural: string, namespaced: boolean): Resource {
  const definition = `io.k8s.api.rbac.v1.${kind}`;
  const strategy = {
    createsOnUpdate: true,
    validateName: pathSegmentErrors,
    validate: ({ rules = [] }: Role) => rules.flatMap((rule, index) => ruleErrors(rule, `rules[${index}]`, namespaced)),
    columns: roleColumns,
  };
  return defineKind({ group, version: "v1", kind, plural, namespaced, definition, strategy });
}

function binding(kind: string, plural: string, namespaced: boolean): Resource {
  const definition = `io.k8s.api.rbac.v1.${kind}`;
  const strategy = {
    createsOnUpdate: true,
    validateName: pathSegmentErrors,
    setDefaults: setBindingDefaults,
    validate: (object: Binding, old: ApiObject | undefined) => bindingErrors(object, old, namespaced),
    columns: bindingColumns,
  };
  return defineKind({ group, version: "v1", kind, plural, namespaced, definition, strategy });
}

/** Stored and served, not enforced: there is one administrator. */
export const rbacKinds: readonly Resource[] = [
  role("Role", "roles", true),
  binding("RoleBinding", "rolebindings", true),
  role("ClusterRole", "clusterroles", false),
  binding("ClusterRoleBinding", "clusterrolebindings", false),
];
