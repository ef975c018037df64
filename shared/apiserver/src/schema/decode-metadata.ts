import { isRecord } from "../object/object.ts";
import { decode } from "./decode.ts";
import { DecodeError } from "./decode-error.ts";
import { objectMetaSchema } from "./object-meta.ts";
import { propertySchema, type Schema } from "./schema.ts";

/**
 * Brings the metadata of a custom resource, and of objects embedded in it, into the form that built-in kinds have.
 * Throws DecodeError.
 */
export function decodeMetadata(object: Record<string, unknown>, schema: Schema): void {
  decodeOwn(object);
  for (const [key, value] of Object.entries(object)) {
    const field = propertySchema(schema, key);
    if (field && field !== objectMetaSchema) decodeEmbedded(value, field);
  }
}

function decodeEmbedded(value: unknown, schema: Schema): void {
  if (Array.isArray(value)) {
    for (const item of value) decodeEmbedded(item, schema.items ?? {});
    return;
  }
  if (!isRecord(value)) return;
  if (schema["x-kubernetes-embedded-resource"]) decodeOwn(value);
  for (const [key, item] of Object.entries(value)) decodeEmbedded(item, propertySchema(schema, key) ?? {});
}

function decodeOwn({ metadata }: Record<string, unknown>): void {
  if (metadata === undefined) return;
  if (!isRecord(metadata)) throw new DecodeError("json: cannot unmarshal into Go value of type v1.ObjectMeta");
  decode(metadata, objectMetaSchema, "ObjectMeta");
}
