import { parseJson } from "@elemental/api";
import { type ApiObject, isRecord } from "../../object/object.ts";
import { jsonPatch } from "../../patch/json.ts";
import { mergePatch } from "../../patch/merge.ts";
import { strategicMergePatch } from "../../patch/strategic.ts";
import { decodeBody } from "../../registry/decode-body.ts";
import { updateObject } from "../../registry/update.ts";
import type { Schema } from "../../schema/schema.ts";
import { badRequest, invalidObject } from "../../status/errors.ts";
import { forbidden, required } from "../../status/field-error.ts";
import { StatusError } from "../../status/status-error.ts";
import { contentType, readBody } from "../body.ts";
import { duplicateFields } from "../duplicate-fields.ts";
import { sendSingle } from "../present.ts";
import { parameter, type Scope, writeOptions } from "../scope.ts";
import { apply } from "./apply.ts";

const applyType = "application/apply-patch+yaml";

type Patcher = (current: ApiObject, patch: unknown, schema: Schema) => unknown;

const patchers: Record<string, Patcher> = {
  "application/json-patch+json": jsonPatch,
  "application/merge-patch+json": mergePatch,
  "application/strategic-merge-patch+json": strategicMergePatch,
};

/** PATCH of an object or of one of its subresources. */
export async function patch(scope: Scope): Promise<void> {
  const type = contentType(scope.exchange.request);
  checkOptions(scope, type === applyType);
  if (type === applyType) return apply(scope);
  const patcher = patcherFor(scope, type);
  const text = await readBody(scope.exchange.request);
  const body = parsePatch(text);
  const { registry, resource, namespace, name, subresource } = scope;
  const options = { ...writeOptions(scope, "PatchOptions"), duplicateFields: duplicateFields(text) };
  const transform = (current: ApiObject) => decodeBody(resource, patcher(current, body, resource.schema), options);
  sendSingle(scope, 200, updateObject(registry, { resource, namespace, name, subresource, transform }, options));
}

/** Custom kinds do not say how their lists are merged, so that they take no strategic merge patch. Throws 415. */
function patcherFor({ resource }: Scope, type: string): Patcher {
  const patcher = Object.hasOwn(patchers, type) ? patchers[type] : undefined;
  if (patcher && !(resource.isCustom && patcher === strategicMergePatch)) return patcher;
  const offered = [...Object.keys(patchers), applyType].filter(
    (name) => !(resource.isCustom && name.includes("strategic")),
  );
  const message = `the body of the request was in an unknown format - accepted media types include: ${offered.join(", ")}`;
  throw new StatusError(415, "UnsupportedMediaType", message);
}

function checkOptions(scope: Scope, isApply: boolean): void {
  const errors = [
    ...(isApply && parameter(scope, "fieldManager") === ""
      ? [required("fieldManager", "is required for apply patch")]
      : []),
    ...(!isApply && parameter(scope, "force") !== ""
      ? [forbidden("force", "may not be specified for non-apply patch")]
      : []),
  ];
  if (errors.length > 0) throw invalidObject({ group: "meta.k8s.io", name: "PatchOptions" }, "", errors);
}

function parsePatch(text: string): unknown {
  try {
    const patch = parseJson(text);
    if (Array.isArray(patch) || isRecord(patch)) return patch;
  } catch (error) {
    throw badRequest(`error decoding patch: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw badRequest("error decoding patch: neither an object nor a list");
}
