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
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
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
  const errors: FieldError[] = [];
  const length = [...value].length;
  if (schema.maxLength !== undefined && length > schema.maxLength) {
    errors.push({ kind: "tooLong", field: path, detail: `may not be more than ${schema.maxLength} bytes` });
  }
  if (schema.minLength !== undefined && length < schema.minLength) {
    errors.push(invalid(path, value, `${path} in body should be at least ${schema.minLength} chars long`));
  }
  if (schema.pattern !== undefined && !patternOf(schema.pattern).test(value)) {
    errors.push(invalid(path, value, `${path} in body should match '${schema.pattern}'`));
  }
  if (schema.format !== undefined && !hasFormat(value, schema.format)) {
    errors.push(invalid(path, value, `${path} in body must be of type ${schema.format}: "${value}"`));
  }
  return errors;
}

const compiled = new Map<string, RegExp>();

function patternOf(pattern: string): RegExp {
  const regular = compiled.get(pattern) ?? new RegExp(pattern, "u");
  compiled.set(pattern, regular);
  return regular;
}

export function numberErrors(value: number | bigint, schema: Schema, path: string): FieldError[] {
  const { multipleOf, format } = schema;
  const errors = boundErrors(value, schema, path);
  if (format === "int32" && (value < int32.min || value > int32.max)) {
    errors.push(invalid(path, value, `${path} in body must be of type int32: "${value}"`));
  }
  if (multipleOf !== undefined && !isMultiple(value, multipleOf)) {
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

const int32 = { min: -2147483648, max: 2147483647 };

function isMultiple(value: number | bigint, factor: number): boolean {
  return typeof value === "bigint" && Number.isInteger(factor)
    ? value % BigInt(factor) === 0n
    : Number.isInteger(Number(value) / factor);
}
