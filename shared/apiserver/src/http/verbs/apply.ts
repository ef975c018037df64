import { applyErrors } from "../../apply/check.ts";
import { applyConfiguration } from "../../apply/field-manager.ts";
import { type ApiObject, isRecord } from "../../object/object.ts";
import { createObject } from "../../registry/create.ts";
import { fieldManagerContext, present, type WriteOptions } from "../../registry/registry.ts";
import { checkUid, updateObject } from "../../registry/update.ts";
import { apiVersionOf, resourceName, storageKey } from "../../resources/resource.ts";
import { badRequest, conflict } from "../../status/errors.ts";
import { StatusError } from "../../status/status-error.ts";
import { parseYamlBody, readBody } from "../body.ts";
import { sendSingle } from "../present.ts";
import { flag, type Scope, writeOptions } from "../scope.ts";

/** PATCH by server-side apply. */
export async function apply(scope: Scope): Promise<void> {
  const options: WriteOptions = { ...writeOptions(scope, "PatchOptions"), isApply: true };
  const configuration = parseYamlBody(await readBody(scope.exchange.request), "error decoding YAML");
  checkConfiguration(scope, configuration);
  const { registry, resource, namespace, name } = scope;
  if (registry.store.get(resource.storage, storageKey(resource, namespace, name))) {
    sendSingle(scope, 200, merge(scope, configuration, options));
    return;
  }
  sendSingle(scope, 201, create(scope, configuration, options));
}

function merge(scope: Scope, configuration: ApiObject, options: WriteOptions): ApiObject {
  const { registry, resource, namespace, name, subresource } = scope;
  const transform = (live: ApiObject): ApiObject => {
    checkUid(scope, configuration.metadata.uid, live);
    const context = fieldManagerContext(registry, resource, subresource, options);
    const { object, managedFields } = applyConfiguration(live, configuration, context, flag(scope, "force"));
    return { ...object, metadata: { ...object.metadata, managedFields } };
  };
  return updateObject(registry, { resource, namespace, name, subresource, transform }, options);
}
