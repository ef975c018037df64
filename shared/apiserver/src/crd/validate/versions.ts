import { dns1035Errors } from "../../object/names.ts";
import { isEqual } from "../../object/object.ts";
import { type FieldError, invalid, notSupported, required } from "../../status/field-error.ts";
import type { DefinitionSpec, PrinterColumn, Version } from "../definition.ts";
import { compileJsonPath } from "../json-path.ts";
import { selectableFieldErrors } from "./selectable.ts";
import { rootSchemaErrors } from "./structural.ts";

const columnTypes = ["boolean", "date", "integer", "number", "string"];

/** Errors in the versions of a definition, their schemas and their columns. */
export function versionErrors(spec: DefinitionSpec): FieldError[] {
  const versions = spec.versions ?? [];
  return [
    ...versions.flatMap((version, index) => nameErrors(version, `spec.versions[${index}].name`)),
    ...storageErrors(spec),
    ...uniquenessErrors(versions),
    ...schemaErrors(versions),
    ...columnErrors(versions),
    ...versions.flatMap((version, index) =>
      selectableFieldErrors(version, versions.length === 1 ? "spec" : `spec.versions[${index}]`),
    ),
    ...conversionErrors(spec),
  ];
}

function nameErrors({ name = "" }: Version, field: string): FieldError[] {
  return dns1035Errors(name).map((why) => invalid(field, name, why));
}

function storageErrors({ versions = [] }: DefinitionSpec): FieldError[] {
  if (versions.filter(({ storage }) => storage).length === 1) return [];
  const summary = versions.map(({ name, served, storage }) => ({ name, served, storage }));
  return [invalid("spec.versions", summary, "must have exactly one version marked as storage version")];
}

function uniquenessErrors(versions: readonly Version[]): FieldError[] {
  const names = versions.map(({ name }) => name);
  if (new Set(names).size === names.length) return [];
  return [invalid("spec.versions", names, "must contain unique version names")];
}

/** What all versions agree on is reported once, in the place where it was before there were versions. */
function schemaErrors(versions: readonly Version[]): FieldError[] {
  const schemas = versions.map(({ schema }) => schema?.openAPIV3Schema);
  const missing = schemas.flatMap((schema, index) =>
    schema ? [] : [required(`spec.versions[${index}].schema.openAPIV3Schema`)],
  );
  if (missing.length > 0) return missing;
  const areSame = schemas.every((schema) => isEqual(schema, schemas[0]));
  const checked = areSame ? schemas.slice(0, 1) : schemas;
  return checked.flatMap((schema, index) => {
    const path = areSame ? "spec.validation.openAPIV3Schema" : `spec.versions[${index}].schema.openAPIV3Schema`;
    return schema ? rootSchemaErrors(schema, path) : [];
  });
}

function columnErrors(versions: readonly Version[]): FieldError[] {
  const areSame = versions.every((version) =>
    isEqual(version.additionalPrinterColumns, versions[0]?.additionalPrinterColumns),
  );
  const checked = areSame ? versions.slice(0, 1) : versions;
  return checked.flatMap(({ additionalPrinterColumns: columns = [] }, version) => {
    const path = areSame ? "spec.additionalPrinterColumns" : `spec.versions[${version}].additionalPrinterColumns`;
    return columns.flatMap((column, index) => errorsOfColumn(column, `${path}[${index}]`));
  });
}

function errorsOfColumn({ name = "", type = "", jsonPath = "" }: PrinterColumn, path: string): FieldError[] {
  return [
    ...(name === "" ? [required(`${path}.name`)] : []),
    ...(type === "" ? [required(`${path}.type`, `must be one of ${columnTypes.join()}`)] : []),
    ...(type !== "" && !columnTypes.includes(type)
      ? [invalid(`${path}.type`, type, `must be one of ${columnTypes.join()}`)]
      : []),
    ...(jsonPath === "" ? [required(`${path}.JSONPath`)] : jsonPathErrors(jsonPath, `${path}.JSONPath`)),
  ];
}

function jsonPathErrors(jsonPath: string, field: string): FieldError[] {
  if (!jsonPath.startsWith(".")) return [invalid(field, jsonPath, "must be a simple json path starting with .")];
  return compileJsonPath(jsonPath) ? [] : [invalid(field, jsonPath, "is an invalid JSON path")];
}

function conversionErrors({ conversion, preserveUnknownFields }: DefinitionSpec): FieldError[] {
  const strategy = conversion?.strategy ?? "None";
  const errors: FieldError[] = [];
  if (preserveUnknownFields) {
    const why =
      "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead";
    errors.push(invalid("spec.preserveUnknownFields", true, why));
  }
  if (strategy === "Webhook") {
    errors.push({
      kind: "forbidden",
      field: "spec.conversion.strategy",
      detail: "this server calls no conversion webhooks",
    });
  } else if (strategy !== "None") {
    errors.push(notSupported("spec.conversion.strategy", strategy, ["None", "Webhook"]));
  }
  return errors;
}
