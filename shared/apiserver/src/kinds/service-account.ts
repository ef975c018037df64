import { ageColumn, column, nameColumn } from "../table/columns.ts";
import { defineKind } from "./define.ts";

export const serviceAccounts = defineKind({
  group: "",
  version: "v1",
  kind: "ServiceAccount",
  plural: "serviceaccounts",
  namespaced: true,
  definition: "io.k8s.api.core.v1.ServiceAccount",
  shortNames: ["sa"],
  strategy: {
    returnsDeleted: true,
    columns: [
      nameColumn,
      column("Secrets", ({ secrets }) => (Array.isArray(secrets) ? secrets.length : 0), { type: "integer" }),
      ageColumn,
    ],
  },
});
