import { clone } from "../../object/object.ts";
import { prune } from "../../schema/prune.ts";
import type { Schema } from "../../schema/schema.ts";
import { validate } from "../../schema/validate.ts";
import { type FieldError, invalid } from "../../status/field-error.ts";

/** Errors of a default that its own schema would refuse or cut. */
export function defaultErrors(schema: Schema, path: string): FieldError[] {
  const { default: value } = schema;
  if (value === undefined || value === null) return [];
  const field = `${path}.default`;
  const pruned = clone(value);
  if (prune(pruned, { ...schema }, "default").length > 0)
    return [invalid(field, value, "must not have unknown fields")];
  return validate(value, schema, "").map((error) => ({
    ...error,
    field: error.field ? `${field}.${error.field}` : field,
  }));
}
