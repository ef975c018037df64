import { propertySchema, type Schema } from "../../schema/schema.ts";
import { type FieldError, invalid } from "../../status/field-error.ts";
import type { Version } from "../definition.ts";

/** Errors in the selectable fields of a version: each must be a text, number or truth value that the schema names. */
export function selectableFieldErrors({ selectableFields = [], schema }: Version, path: string): FieldError[] {
  return selectableFields.flatMap(({ jsonPath }, index) => {
    const field = `${path}.selectableFields[${index}].jsonPath`;
    const found = schemaAt(schema?.openAPIV3Schema, jsonPath);
    if (!found) return [invalid(field, jsonPath, "is an invalid path: does not refer to a valid field")];
    if (["string", "integer", "boolean"].includes(found.type ?? "")) return [];
    return [invalid(field, jsonPath, "must point to a field of type string, boolean or integer")];
  });
}

function schemaAt(root: Schema | undefined, jsonPath: string): Schema | undefined {
  const names = jsonPath.replace(/^\./, "").split(".");
  return names.reduce<Schema | undefined>((schema, name) => schema && propertySchema(schema, name), root);
}
