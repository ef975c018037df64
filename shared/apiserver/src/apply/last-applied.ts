import { parseJson, stringifyJson } from "@elemental/api";
import { type ApiObject, isRecord } from "../object/object.ts";
import type { Schema } from "../schema/schema.ts";
import { compare } from "./compare.ts";
import { FieldSet } from "./field-set.ts";
import { fieldsOf } from "./fields-of.ts";

/** Where client-side apply keeps the manifest it applied last. */
const annotation = "kubectl.kubernetes.io/last-applied-configuration";
/** The field manager of kubectl's server-side apply; only it goes on with what its client-side apply began. */
const kubectl = "kubectl";

/**
 * The fields that kubectl set by client-side apply and nobody changed since. Its server-side apply may take them over
 * without conflict.
 */
export function appliedByClient(live: ApiObject | undefined, manager: string, schema: Schema): FieldSet {
  const manifest = manager === kubectl ? manifestOf(live) : undefined;
  if (!live || !manifest) return new FieldSet();
  const { modified, removed } = compare(manifest, live, schema);
  return fieldsOf(manifest, schema).difference(modified).difference(removed);
}

function manifestOf(live: ApiObject | undefined): Record<string, unknown> | undefined {
  const text = live?.metadata.annotations?.[annotation];
  if (!text) return undefined;
  try {
    const manifest = parseJson(text);
    return isRecord(manifest) ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the manifest of an object that kubectl used to apply client-side in step with what it applies now. */
export function recordLastApplied(object: ApiObject, configuration: Partial<ApiObject>, manager: string): void {
  const { annotations } = object.metadata;
  if (manager !== kubectl || annotations?.[annotation] === undefined) return;
  annotations[annotation] = `${stringifyJson(configuration)}\n`;
}
