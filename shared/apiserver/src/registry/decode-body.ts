import { type ApiObject, isRecord } from "../object/object.ts";
import { apiVersionOf, type Resource } from "../resources/resource.ts";
import { decode } from "../schema/decode.ts";
import { DecodeError } from "../schema/decode-error.ts";
import { applyDefaults } from "../schema/defaulting.ts";
import { objectMetaSchema } from "../schema/object-meta.ts";
import { prune } from "../schema/prune.ts";
import { badRequest, invalidObject } from "../status/errors.ts";
import type { FieldValidation, WriteOptions } from "./registry.ts";

type DecodeOptions = Pick<WriteOptions, "fieldValidation" | "warn">;

/**
 * Takes a parsed request body over as an object of the resource: type and version checked, unknown fields removed (and
 * reported as `fieldValidation` asks), defaults of the schema applied. Changes `body`. Throws 400.
 */
export function decodeBody(resource: Resource, body: unknown, options: DecodeOptions): ApiObject {
  if (!isRecord(body)) throw badRequest(`the object provided is unrecognized (must be of type ${resource.kind})`);
  checkType(resource, body);
  if (body.metadata === undefined || body.metadata === null) body.metadata = {};
  const object = body as unknown as ApiObject;
  try {
    decode({ metadata: object.metadata }, { properties: { metadata: objectMetaSchema } }, resource.kind);
    if (!resource.isCustom) decode(object, resource.schema, resource.kind);
  } catch (error) {
    if (error instanceof DecodeError) throw unhandled(resource, error.message);
    throw error;
  }
  if (resource.isCustom) applyDefaults(object, resource.schema);
  reportUnknown(resource, prune(object, resource.schema), options);
  return object;
}

function checkType(resource: Resource, body: Record<string, unknown>): void {
  const apiVersion = apiVersionOf(resource);
  if (!resource.isCustom) {
    body.apiVersion ??= apiVersion;
    body.kind ??= resource.kind;
  }
  if (typeof body.kind !== "string" || body.kind === "") throw badRequest(`Object 'Kind' is missing in the request`);
  if (typeof body.apiVersion !== "string" || body.apiVersion === "") {
    throw badRequest(`Object 'apiVersion' is missing in the request`);
  }
  if (body.apiVersion === apiVersion && body.kind === resource.kind) return;
  throw badRequest(
    `${body.kind} in version "${body.apiVersion}" cannot be handled as a ${resource.kind}: ` +
      `the object must be ${resource.kind} in version "${apiVersion}"`,
  );
}

function unhandled({ kind, version }: Resource, why: string) {
  return badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`);
}

function reportUnknown(resource: Resource, unknown: readonly string[], { fieldValidation, warn }: DecodeOptions): void {
  if (unknown.length === 0) return;
  const reports = unknown.map((path) => `unknown field "${path}"`);
  if (fieldValidation === "Warn") reports.forEach(warn);
  if (fieldValidation === "Strict") throw unhandled(resource, `strict decoding error: ${reports.join(", ")}`);
}

/** 422 for a patch whose result cannot be taken over as an object. */
export function unusablePatch(why: string) {
  return invalidObject({ group: "", name: "" }, "", [{ kind: "invalid", field: "patch", detail: why }]);
}

export function fieldValidationOf(text: string | null): FieldValidation {
  return text === "Strict" || text === "Ignore" ? text : "Warn";
}
