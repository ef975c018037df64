import { labelErrors } from "../object/names.ts";
import { type ApiObject, isRecord } from "../object/object.ts";
import { StatusError } from "../status/status-error.ts";
import { ageColumn, column, nameColumn } from "../table/columns.ts";
import { defineKind } from "./define.ts";

const immortal = new Set(["default", "kube-system", "kube-public"]);
const nameLabel = "kubernetes.io/metadata.name";

function phaseOf(object: ApiObject): string {
  const { status } = object;
  return isRecord(status) && typeof status.phase === "string" ? status.phase : "Active";
}

function finalizersOf({ spec }: ApiObject): unknown[] {
  return isRecord(spec) && Array.isArray(spec.finalizers) ? spec.finalizers : [];
}

function labelWithName({ metadata }: ApiObject): void {
  metadata.labels = { ...metadata.labels, [nameLabel]: metadata.name };
}

export const namespaces = defineKind({
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  namespaced: false,
  definition: "io.k8s.api.core.v1.Namespace",
  shortNames: ["ns"],
  subresources: ["status", "finalize"],
  verbs: ["create", "delete", "get", "list", "patch", "update", "watch"],
  strategy: {
    validateName: labelErrors,
    prepareForCreate(object) {
      object.status = { phase: "Active" };
      const finalizers = new Set([...finalizersOf(object), "kubernetes"]);
      object.spec = { finalizers: [...finalizers] };
    },
    prepareForUpdate(object, old) {
      object.spec = old.spec;
    },
    restrictUpdate: {
      finalize(object, old) {
        const finalizers = finalizersOf(object);
        return { ...old, spec: finalizers.length > 0 ? { finalizers } : {} };
      },
    },
    setDefaults: labelWithName,
    prepareForDelete(object) {
      if (immortal.has(object.metadata.name)) {
        const { name } = object.metadata;
        const message = `namespaces "${name}" is forbidden: this namespace may not be deleted`;
        throw new StatusError(403, "Forbidden", message, { name, kind: "namespaces" });
      }
      object.status = { ...(isRecord(object.status) ? object.status : {}), phase: "Terminating" };
    },
    holdsDeletion: (object) => finalizersOf(object).length > 0,
    selectableFields: (object) => ({ "status.phase": phaseOf(object), name: object.metadata.name }),
    columns: [
      nameColumn,
      column("Status", phaseOf, { description: "Active, or Terminating while being deleted." }),
      ageColumn,
    ],
  },
});
