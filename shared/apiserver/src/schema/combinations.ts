import type { FieldError } from "../status/field-error.ts";
import type { Schema } from "./schema.ts";

type Validate = (value: unknown, schema: Schema, path: string) => FieldError[];

/** Errors of allOf, anyOf, oneOf and not. */
export function combinationErrors(value: unknown, schema: Schema, path: string, validate: Validate): FieldError[] {
  const fails = (candidate: Schema) => validate(value, candidate, path).length > 0;
  const error = (detail: string): FieldError => ({ kind: "invalid", field: path, value, detail });
  const errors = (schema.allOf ?? []).flatMap((candidate) => validate(value, candidate, path));
  if (schema.anyOf?.every(fails)) {
    errors.push(error(`"${path}" must validate at least one schema (anyOf)`));
    errors.push(...schema.anyOf.flatMap((candidate) => validate(value, candidate, path)).slice(0, 1));
  }
  if (schema.oneOf) {
    const valid = schema.oneOf.filter((candidate) => !fails(candidate)).length;
    if (valid !== 1) {
      const found = valid === 0 ? "Found none valid" : `Found ${valid} valid alternatives`;
      errors.push(error(`"${path}" must validate one and only one schema (oneOf). ${found}`));
    }
  }
  if (schema.not && !fails(schema.not)) errors.push(error(`"${path}" must not validate the schema (not)`));
  return errors;
}
