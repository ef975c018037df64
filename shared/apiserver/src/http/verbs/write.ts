import { type ApiObject, isRecord } from "../../object/object.ts";
import { createObject } from "../../registry/create.ts";
import { decodeBody } from "../../registry/decode-body.ts";
import { checkUid, updateObject } from "../../registry/update.ts";
import { storageKey } from "../../resources/resource.ts";
import { badRequest } from "../../status/errors.ts";
import { parseObject } from "../body.ts";
import { sendSingle } from "../present.ts";
import { type Scope, writeOptions } from "../scope.ts";

/** POST to a collection. */
export async function create(scope: Scope): Promise<void> {
  const { value, duplicateFields } = await parseObject(scope.exchange.request);
  const { registry, resource, namespace } = scope;
  const options = { ...writeOptions(scope, "CreateOptions"), duplicateFields };
  sendSingle(scope, 201, createObject(registry, { resource, namespace }, value, options));
}

/** PUT of an object or of one of its subresources. */
export async function replace(scope: Scope): Promise<void> {
  const { value: body, duplicateFields } = await parseObject(scope.exchange.request);
  const { registry, resource, namespace, name, subresource } = scope;
  const options = { ...writeOptions(scope, "UpdateOptions"), duplicateFields };
  if (createsInstead(scope)) {
    if (isRecord(body) && isRecord(body.metadata) && body.metadata.name !== name) {
      throw badRequest(`the name of the object (${body.metadata.name}) does not match the name on the URL (${name})`);
    }
    sendSingle(scope, 201, createObject(registry, { resource, namespace }, body, options));
    return;
  }
  const transform = (current: ApiObject) => {
    const object = decodeBody(resource, body, options);
    checkUid(scope, object.metadata.uid, current);
    return object;
  };
  sendSingle(scope, 200, updateObject(registry, { resource, namespace, name, subresource, transform }, options));
}

function createsInstead({ registry, resource, namespace, name, subresource }: Scope): boolean {
  if (!resource.strategy.createsOnUpdate || subresource !== "") return false;
  return registry.store.get(resource.storage, storageKey(resource, namespace, name)) === undefined;
}
