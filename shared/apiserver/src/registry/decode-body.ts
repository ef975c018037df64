import { stringifyJson } from "@elemental/api";
import { type ApiObject, isRecord, type JsonObject } from "../object/object.ts";
import { apiVersionOf, type Resource } from "../resources/resource.ts";
import { decode } from "../schema/decode.ts";
import { DecodeError } from "../schema/decode-error.ts";
import { decodeMetadata } from "../schema/decode-metadata.ts";
import { applyDefaults } from "../schema/defaulting.ts";
import { prune } from "../schema/prune.ts";
import { badRequest, invalidObject } from "../status/errors.ts";
import { invalid } from "../status/field-error.ts";
import type { WriteOptions } from "./registry.ts";

type DecodeOptions = Pick<WriteOptions, "fieldValidation" | "warn" | "duplicateFields">;

/**
 * Takes a parsed request body over as an object of the resource: type and version checked, unknown fields removed (they and
 * duplicate ones are reported as `fieldValidation` asks), defaults of the schema applied. Changes `body`. Throws 400.
 */
export function decodeBody(resource: Resource, body: unknown, options: DecodeOptions): ApiObject {
  if (!isRecord(body)) throw badRequest(`the object provided is unrecognized (must be of type ${resource.kind})`);
  checkType(resource, body);
  if (body.metadata === undefined || body.metadata === null) body.metadata = {};
  const object = body as unknown as ApiObject;
  try {
    if (resource.isCustom) decodeMetadata(object, resource.schema);
    else decode(object, resource.schema, resource.kind);
  } catch (error) {
    if (error instanceof DecodeError) throw unhandled(resource, error.message);
    throw error;
  }
  if (resource.isCustom) applyDefaults(object, resource.schema);
  reportFields(resource, prune(object, resource.schema), options);
  return object;
}

function checkType(resource: Resource, body: JsonObject): void {
  const apiVersion = apiVersionOf(resource);
  if (!resource.isCustom) {
    body.apiVersion ??= apiVersion;
    body.kind ??= resource.kind;
  }
  const { apiVersion: sentVersion = "", kind = "" } = body;
  if (kind === "") {
    const why = `Object 'Kind' is missing in '${stringifyJson(body)}'`;
    throw badRequest(`the object provided is unrecognized (must be of type ${resource.kind}): ${why}`);
  }
  if (sentVersion === apiVersion && kind === resource.kind) return;
  if (!resource.isCustom) {
    const why = `it must be a ${resource.kind} in version "${apiVersion}"`;
    throw badRequest(`${kind} in version "${sentVersion}" cannot be handled as a ${resource.kind}: ${why}`);
  }
  if (sentVersion !== apiVersion) {
    const why = `does not match the expected API version (${apiVersion})`;
    throw badRequest(`the API version in the data (${sentVersion}) ${why}`);
  }
  const name = isRecord(body.metadata) ? String(body.metadata.name ?? "") : "";
  const error = invalid("kind", kind, `must be ${resource.kind}`);
  throw invalidObject({ group: resource.group, name: String(kind) }, name, [error]);
}

function unhandled({ kind, version }: Resource, why: string) {
  return badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`);
}

function reportFields(resource: Resource, unknown: readonly string[], options: DecodeOptions): void {
  const { fieldValidation, duplicateFields = [], warn } = options;
  const reports = [
    ...duplicateFields.map((path) => `duplicate field "${path}"`),
    ...unknown.toSorted().map((path) => `unknown field "${path}"`),
  ];
  if (fieldValidation === "Warn") reports.forEach(warn);
  if (fieldValidation === "Strict" && reports.length > 0) {
    throw unhandled(resource, `strict decoding error: ${reports.join(", ")}`);
  }
}
