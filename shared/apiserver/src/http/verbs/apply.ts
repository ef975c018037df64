import { applyErrors } from "../../apply/check.ts";
import { applyConfiguration, type Configuration } from "../../apply/field-manager.ts";
import { type ApiMeta, type ApiObject, isRecord } from "../../object/object.ts";
import { createObject } from "../../registry/create.ts";
import { decodeBody } from "../../registry/decode-body.ts";
import { fieldManagerContext, type WriteOptions } from "../../registry/registry.ts";
import { checkUid, updateObject } from "../../registry/update.ts";
import { apiVersionOf, resourceName, storageKey } from "../../resources/resource.ts";
import { badRequest, conflict, notFound } from "../../status/errors.ts";
import { StatusError } from "../../status/status-error.ts";
import { parseYamlBody, readBody } from "../body.ts";
import { sendSingle } from "../present.ts";
import { flag, type Scope, writeOptions } from "../scope.ts";

/** PATCH by server-side apply. */
export async function apply(scope: Scope): Promise<void> {
  const options: WriteOptions = { ...writeOptions(scope, "PatchOptions"), isApply: true };
  const body = parseYamlBody(await readBody(scope.exchange.request), "error decoding YAML");
  checkConfiguration(scope, body);
  const configuration = restrict(scope, body);
  const { registry, resource, namespace, name } = scope;
  if (registry.store.get(resource.storage, storageKey(resource, namespace, name))) {
    sendSingle(scope, 200, merge(scope, configuration, options));
    return;
  }
  sendSingle(scope, 201, create(scope, configuration, options));
}

/** The part of a configuration that the endpoint listens to: the status, or everything else. */
function restrict({ resource, subresource }: Scope, configuration: Configuration): Configuration {
  if (!resource.subresources.includes("status")) return configuration;
  const { status, ...rest } = configuration;
  if (subresource === "") return rest;
  const { apiVersion = "", kind = "", metadata } = configuration;
  const { name, uid, resourceVersion } = metadata ?? {};
  const identity = Object.entries({ name, uid, resourceVersion }).filter(([, value]) => value !== undefined);
  return {
    apiVersion,
    kind,
    metadata: Object.fromEntries(identity) as unknown as ApiMeta,
    ...(status !== undefined && { status }),
  };
}

function merge(scope: Scope, configuration: Configuration, options: WriteOptions): ApiObject {
  const { registry, resource, namespace, name, subresource } = scope;
  const transform = (live: ApiObject): ApiObject => {
    checkUid(scope, configuration.metadata?.uid, live);
    const context = fieldManagerContext(registry, resource, subresource, options);
    const { object, managedFields } = applyConfiguration(live, configuration, context, flag(scope, "force"));
    return decodeBody(resource, { ...object, metadata: { ...object.metadata, managedFields } }, options);
  };
  return updateObject(registry, { resource, namespace, name, subresource, transform }, options);
}

function create(scope: Scope, configuration: Configuration, options: WriteOptions): ApiObject {
  const { registry, resource, namespace, name, subresource } = scope;
  if (subresource !== "") throw notFound(resourceName(resource), name);
  const { uid } = configuration.metadata ?? {};
  if (uid) {
    const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
    throw conflict(resourceName(resource), name, why);
  }
  const context = fieldManagerContext(registry, resource, subresource, options);
  const { object, managedFields } = applyConfiguration(undefined, configuration, context, true);
  const { resourceVersion: _, ...metadata } = object.metadata;
  const created = { ...object, metadata: { ...metadata, name, managedFields } };
  return createObject(registry, { resource, namespace }, created, options);
}

/** Throws 400 for what is no configuration of the resource and 500, as the API server does, for one that is mistyped. */
function checkConfiguration({ resource, name }: Scope, value: unknown): asserts value is Configuration {
  if (!isRecord(value)) throw badRequest("error decoding YAML: the configuration must be an object");
  const { apiVersion = "", kind = "" } = value;
  const wanted = apiVersionOf(resource);
  if (apiVersion !== wanted || kind !== resource.kind) {
    throw badRequest(`invalid object type: ${groupVersionText(String(apiVersion))}, Kind=${kind}`);
  }
  const metadata = isRecord(value.metadata) ? value.metadata : {};
  if (Array.isArray(metadata.managedFields) && metadata.managedFields.length > 0) {
    throw badRequest("metadata.managedFields must be nil");
  }
  if (metadata.name !== undefined && metadata.name !== name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  }
  const errors = applyErrors(value, resource.schema);
  if (errors.length === 0) return;
  const list = errors.length === 1 ? errors[0] : `errors:\n${errors.map((error) => `  ${error}`).join("\n")}`;
  const subject = `${metadata.namespace ?? ""}/${metadata.name ?? ""}; ${groupVersionText(wanted)}, Kind=${resource.kind}`;
  throw new StatusError(500, "", `failed to create typed patch object (${subject}): ${list}`);
}

function groupVersionText(apiVersion: string): string {
  return apiVersion.includes("/") ? apiVersion : `/${apiVersion}`;
}
