import type { FieldError } from "../status/field-error.ts";
import type { Schema } from "./schema.ts";

type Validate = (value: unknown, schema: Schema, path: string) => FieldError[];

/** Errors of allOf, anyOf, oneOf and not. */
export function combinationErrors(value: unknown, schema: Schema, path: string, validate: Validate): FieldError[] {
  const fails = (candidate: Schema) => validate(value, candidate, path).length > 0;
  // The API server does not say where: only the message names the field.
  const error = (detail: string): FieldError => ({ kind: "invalid", field: "<nil>", value: "", detail });
  const firstFailure = (candidates: readonly Schema[]) =>
    candidates.flatMap((candidate) => validate(value, candidate, path)).slice(0, 1);
  const errors = (schema.allOf ?? []).flatMap((candidate) => validate(value, candidate, path));
  if (schema.anyOf?.every(fails)) {
    errors.push(error(`"${path}" must validate at least one schema (anyOf)`));
    errors.push(...firstFailure(schema.anyOf));
  }
  if (schema.oneOf) {
    const valid = schema.oneOf.filter((candidate) => !fails(candidate)).length;
    if (valid !== 1) {
      const found = valid === 0 ? "Found none valid" : `Found ${valid} valid alternatives`;
      errors.push(error(`"${path}" must validate one and only one schema (oneOf). ${found}`));
      if (valid === 0) errors.push(...firstFailure(schema.oneOf));
    }
  }
  if (schema.not && !fails(schema.not)) errors.push(error(`"${path}" must not validate the schema (not)`));
  return errors;
}
