import { type FieldError, invalid } from "../status/field-error.ts";
import { ageColumn, column, nameColumn } from "../table/columns.ts";
import { defineKind } from "./define.ts";
import { textAt, valueAt } from "./fields.ts";

function numberErrors(lease: object, field: string, least: number, detail: string): FieldError[] {
  const value = valueAt(lease, field);
  return typeof value === "number" && value < least ? [invalid(field, value, detail)] : [];
}

export const leases = defineKind({
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
  namespaced: true,
  definition: "io.k8s.api.coordination.v1.Lease",
  strategy: {
    createsOnUpdate: true,
    allowsUnconditionalUpdate: false,
    validate: (lease) => [
      ...numberErrors(lease, "spec.leaseDurationSeconds", 1, "must be greater than 0"),
      ...numberErrors(lease, "spec.leaseTransitions", 0, "must be greater than or equal to 0"),
    ],
    columns: [
      nameColumn,
      column("Holder", (lease) => textAt(lease, "spec.holderIdentity"), { description: "Who holds it." }),
      ageColumn,
    ],
  },
});
