import { clone, getField, isEqual, isRecord, type JsonObject, setField } from "../object/object.ts";
import { propertySchema, type Schema } from "../schema/schema.ts";
import { badRequest } from "../status/errors.ts";
import { orderItems } from "./element-order.ts";

const directive = "$patch";
const retainKeys = "$retainKeys";
const deleteFromList = "$deleteFromPrimitiveList/";
const elementOrder = "$setElementOrder/";

/**
 * Applies a strategic merge patch: a merge patch that merges lists too where the schema gives them a merge strategy, with
 * directives of its own ($patch, $retainKeys, $deleteFromPrimitiveList, $setElementOrder). Throws 400.
 */
export function strategicMergePatch(target: unknown, patch: unknown, schema: Schema): unknown {
  return isRecord(patch) ? mergeObject(isRecord(target) ? target : {}, patch, schema) : clone(patch);
}

function mergeObject(target: JsonObject, patch: JsonObject, schema: Schema): JsonObject {
  const { [directive]: how, [retainKeys]: retained, ...fields } = patch;
  if (how === "replace") return withoutDirectives(fields);
  if (how === "delete") return {};
  if (how !== undefined && how !== "merge") throw badRequest(`Unrecognized $patch directive: ${String(how)}`);
  const result = { ...(Array.isArray(retained) ? pick(target, retained) : target) };
  for (const [key, value] of Object.entries(fields)) {
    if (!key.startsWith("$")) applyField(result, key, value, schema);
  }
  applyListDirectives(result, fields, schema);
  return result;
}

function pick(target: JsonObject, keys: readonly unknown[]): JsonObject {
  return Object.fromEntries(Object.entries(target).filter(([key]) => keys.includes(key)));
}

function applyField(result: JsonObject, key: string, value: unknown, schema: Schema): void {
  const field = propertySchema(schema, key) ?? {};
  if (value === null) {
    delete result[key];
    return;
  }
  const current = getField(result, key);
  if (Array.isArray(value)) setField(result, key, mergeList(Array.isArray(current) ? current : [], value, field));
  else if (isRecord(value) && strategies(field).includes("replace")) setField(result, key, withoutDirectives(value));
  else setField(result, key, strategicMergePatch(current, value, field));
}

function strategies(schema: Schema): string[] {
  return schema["x-kubernetes-patch-strategy"]?.split(",") ?? [];
}

function mergeList(target: readonly unknown[], patch: readonly unknown[], schema: Schema): unknown[] {
  if (!strategies(schema).includes("merge")) return patch.map(withoutDirectives);
  const mergeKey = schema["x-kubernetes-patch-merge-key"];
  if (mergeKey === undefined)
    return [...target, ...patch.filter((item) => !target.some((other) => isEqual(item, other)))];
  const replaces = patch.some(
    (item) => isRecord(item) && item[directive] === "replace" && Object.keys(item).length === 1,
  );
  const result = replaces ? [] : [...target];
  for (const item of patch) {
    if (!isRecord(item)) throw badRequest("items of a list that is merged by key must be objects");
    if (!(item[directive] === "replace" && Object.keys(item).length === 1)) mergeItem(result, item, mergeKey, schema);
  }
  return result;
}

function mergeItem(result: unknown[], item: JsonObject, mergeKey: string, schema: Schema): void {
  const key = item[mergeKey];
  if (key === undefined)
    throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`);
  const index = result.findIndex((other) => isRecord(other) && isEqual(other[mergeKey], key));
  if (item[directive] === "delete") {
    if (index !== -1) result.splice(index, 1);
    return;
  }
  const merged = strategicMergePatch(result[index], item, schema.items ?? {});
  result.splice(index === -1 ? result.length : index, 1, merged);
}

function applyListDirectives(result: JsonObject, fields: JsonObject, schema: Schema): void {
  for (const [key, value] of Object.entries(fields)) {
    if (!Array.isArray(value)) continue;
    if (key.startsWith(deleteFromList)) {
      const name = key.slice(deleteFromList.length);
      const current = result[name];
      if (Array.isArray(current)) result[name] = current.filter((item) => !value.some((gone) => isEqual(item, gone)));
    } else if (key.startsWith(elementOrder)) {
      const name = key.slice(elementOrder.length);
      const current = result[name];
      const mergeKey = propertySchema(schema, name)?.["x-kubernetes-patch-merge-key"];
      if (Array.isArray(current)) result[name] = orderItems(current, value, mergeKey);
    }
  }
}

function withoutDirectives<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutDirectives) as T;
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([key, item]) => !key.startsWith("$") && item !== null);
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutDirectives(item)])) as T;
}
