import { isEqual, isRecord } from "../object/object.ts";
import { type FieldError, invalid } from "../status/field-error.ts";
import { hasFormat } from "./formats.ts";
import type { Schema } from "./schema.ts";

export function typeError(path: string, value: unknown, wanted: string): FieldError {
  const found = jsonType(value);
  return {
    kind: "typeInvalid",
    field: path,
    value: found,
    detail: `${path} in body must be of type ${wanted}: "${found}"`,
  };
}

function jsonType(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (isRecord(value)) return "object";
  if (typeof value === "bigint") return "integer";
  if (typeof value === "number") return Number.isSafeInteger(value) ? "integer" : "number";
  return typeof value;
}

export function enumErrors(value: unknown, schema: Schema, path: string): FieldError[] {
  if (schema.enum === undefined || schema.enum.some((allowed) => isEqual(allowed, value))) return [];
  const list = schema.enum
    .map((allowed) => JSON.stringify(typeof allowed === "string" ? allowed : String(allowed)))
    .join(", ");
  return [{ kind: "notSupported", field: path, value, detail: `supported values: ${list}` }];
}

export function stringErrors(value: string, schema: Schema, path: string): FieldError[] {
  const errors = textErrors(value, schema, path);
  const { format } = schema;
  if (format === undefined || hasFormat(value, format)) return errors;
  const detail = `${path} in body must be of type ${format}: "${value}"`;
  return [...errors, { kind: "typeInvalid", field: path, value, detail }];
}

// The first that is wrong is the only one that is told.
function textErrors(value: string, schema: Schema, path: string): FieldError[] {
  const { maxLength, minLength, pattern } = schema;
  const length = [...value].length;
  if (maxLength !== undefined && length > maxLength) {
    return [{ kind: "tooLong", field: path, detail: `may not be more than ${maxLength} bytes` }];
  }
  if (minLength !== undefined && length < minLength) {
    return [invalid(path, value, `${path} in body should be at least ${minLength} chars long`)];
  }
  if (pattern !== undefined && !patternOf(pattern).test(value)) {
    return [invalid(path, value, `${path} in body should match '${pattern}'`)];
  }
  return [];
}

const compiled = new Map<string, RegExp>();

function patternOf(pattern: string): RegExp {
  const regular = compiled.get(pattern) ?? compile(pattern);
  compiled.set(pattern, regular);
  return regular;
}

// The strict form refuses needless escapes, which Go allows.
function compile(pattern: string): RegExp {
  try {
    return new RegExp(pattern, "u");
  } catch {
    return new RegExp(pattern);
  }
}

export function numberErrors(value: number | bigint, schema: Schema, path: string): FieldError[] {
  const { multipleOf } = schema;
  const errors = boundErrors(value, schema, path);
  if (multipleOf === undefined) return errors;
  // The factor of an integer is taken as one too.
  const isInteger = typeof value === "bigint" || Number.isInteger(value);
  const factor = isInteger ? Math.trunc(multipleOf) : multipleOf;
  if (factor <= 0) {
    errors.unshift(invalid(path, factor, `factor MultipleOf declared for ${path} must be positive: ${factor}`));
  } else if (!isMultiple(value, factor)) {
    errors.push(invalid(path, value, `${path} in body should be a multiple of ${multipleOf}`));
  }
  return errors;
}

function boundErrors(value: number | bigint, schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { minimum, maximum } = schema;
  if (minimum !== undefined && (schema.exclusiveMinimum ? value <= minimum : value < minimum)) {
    errors.push(
      invalid(
        path,
        value,
        `${path} in body should be greater than ${schema.exclusiveMinimum ? "" : "or equal to "}${minimum}`,
      ),
    );
  }
  if (maximum !== undefined && (schema.exclusiveMaximum ? value >= maximum : value > maximum)) {
    errors.push(
      invalid(
        path,
        value,
        `${path} in body should be less than ${schema.exclusiveMaximum ? "" : "or equal to "}${maximum}`,
      ),
    );
  }
  return errors;
}

function isMultiple(value: number | bigint, factor: number): boolean {
  return typeof value === "bigint" && Number.isInteger(factor)
    ? value % BigInt(factor) === 0n
    : Number.isInteger(Number(value) / factor);
}
