import { stringifyJson } from "@elemental/api";

/** What is wrong with a field, and the reason its cause carries. */
const kinds = {
  required: { reason: "FieldValueRequired", text: "Required value", value: false },
  invalid: { reason: "FieldValueInvalid", text: "Invalid value", value: true },
  typeInvalid: { reason: "FieldValueTypeInvalid", text: "Invalid value", value: true },
  notSupported: { reason: "FieldValueNotSupported", text: "Unsupported value", value: true },
  duplicate: { reason: "FieldValueDuplicate", text: "Duplicate value", value: true },
  notFound: { reason: "FieldValueNotFound", text: "Not found", value: true },
  forbidden: { reason: "FieldValueForbidden", text: "Forbidden", value: false },
  tooLong: { reason: "FieldValueTooLong", text: "Too long", value: false },
  tooMany: { reason: "FieldValueTooMany", text: "Too many", value: true },
} as const;

export type FieldErrorKind = keyof typeof kinds;

/** One reason why an object is invalid. `field` is a path such as `spec.ports[0].name`. */
export interface FieldError {
  kind: FieldErrorKind;
  field: string;
  value?: unknown;
  detail: string;
}

export interface StatusCause {
  reason: string;
  message: string;
  field?: string;
}

export function toCause(error: FieldError): StatusCause {
  return { reason: kinds[error.kind].reason, message: messageOf(error), field: error.field };
}

function messageOf({ kind, value, detail }: FieldError): string {
  const { text, value: showsValue } = kinds[kind];
  const parts = [showsValue && value !== undefined ? `${text}: ${quote(value)}` : text];
  if (detail !== "") parts.push(detail);
  return parts.join(": ");
}

/** A value as error messages show it. */
export function quote(value: unknown): string {
  return stringifyJson(value) ?? "null";
}

export const required = (field: string, detail = ""): FieldError => ({ kind: "required", field, detail });
export const forbidden = (field: string, detail: string): FieldError => ({ kind: "forbidden", field, detail });
export const duplicate = (field: string, value: unknown): FieldError => ({
  kind: "duplicate",
  field,
  value,
  detail: "",
});
export const invalid = (field: string, value: unknown, detail: string): FieldError => ({
  kind: "invalid",
  field,
  value,
  detail,
});

/** `allowed` is listed in the order of Kubernetes: sorted. */
export function notSupported(field: string, value: unknown, allowed: readonly string[]): FieldError {
  const list = [...allowed].sort().map(quote).join(", ");
  return { kind: "notSupported", field, value, detail: `supported values: ${list}` };
}

export function tooLong(field: string, bytes: number): FieldError {
  return { kind: "tooLong", field, detail: `may not be more than ${bytes} bytes` };
}
