import { isRecord, type JsonObject } from "../../object/object.ts";
import { type DeleteOptions, deleteObject, type PropagationPolicy } from "../../registry/delete.ts";
import { listObjects } from "../../registry/list.ts";
import { apiVersionOf } from "../../resources/resource.ts";
import { badRequest, invalidObject } from "../../status/errors.ts";
import { notSupported } from "../../status/field-error.ts";
import { StatusError } from "../../status/status-error.ts";
import { parseBody } from "../body.ts";
import { sendCollection, sendSingle } from "../present.ts";
import { sendObject } from "../respond.ts";
import { integer, parameter, type Scope, selection } from "../scope.ts";

const policies: readonly string[] = ["Background", "Foreground", "Orphan"];

/** DELETE of one object. */
export async function remove(scope: Scope): Promise<void> {
  const options = await deleteOptions(scope);
  const { registry, resource, namespace, name } = scope;
  const { object, isGone } = deleteObject(registry, { resource, namespace, name }, options);
  if (!isGone || resource.strategy.returnsDeleted) {
    sendSingle(scope, 200, object);
    return;
  }
  const { group, plural: kind } = resource;
  const details = { name, ...(group && { group }), kind, uid: object.metadata.uid };
  sendObject(scope.exchange, 200, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details });
}

/** DELETE of a collection: everything that the selectors select. */
export async function removeCollection(scope: Scope): Promise<void> {
  const options = await deleteOptions(scope);
  const { registry, resource, namespace } = scope;
  const matches = selection(scope);
  const all = { limit: 0, continueToken: "", resourceVersion: "", resourceVersionMatch: "", matches };
  const { items, resourceVersion } = listObjects(registry, { resource, namespace }, all);
  for (const { metadata } of items) {
    try {
      deleteObject(registry, { resource, namespace: metadata.namespace ?? "", name: metadata.name }, options);
    } catch (error) {
      if (!(error instanceof StatusError) || error.status !== 404) throw error;
    }
  }
  sendCollection(scope, {
    apiVersion: apiVersionOf(resource),
    kind: resource.listKind,
    metadata: { resourceVersion: String(resourceVersion) },
    items,
  });
}

/** From the body, or from the query when there is none. Throws 400 or 422. */
async function deleteOptions(scope: Scope): Promise<DeleteOptions> {
  const body = (await parseBody(scope.exchange.request)) ?? {};
  if (!isRecord(body)) throw badRequest("the object provided is unrecognized (must be of type DeleteOptions)");
  const preconditions = isRecord(body.preconditions) ? body.preconditions : {};
  const dryRun = Array.isArray(body.dryRun) ? body.dryRun : scope.exchange.query.getAll("dryRun");
  const policy = text(body, "propagationPolicy") ?? (parameter(scope, "propagationPolicy") || undefined);
  checkOptions(dryRun, policy);
  const legacy = orphanPolicy(body.orphanDependents ?? scope.exchange.query.get("orphanDependents"));
  const grace = body.gracePeriodSeconds ?? integer(scope, "gracePeriodSeconds");
  const uid = text(preconditions, "uid");
  const resourceVersion = text(preconditions, "resourceVersion");
  const propagationPolicy = (policy ?? legacy) as PropagationPolicy | undefined;
  return {
    dryRun: dryRun.length > 0,
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(propagationPolicy && { propagationPolicy }),
    ...(typeof grace === "number" && { gracePeriodSeconds: grace }),
  };
}

function checkOptions(dryRun: readonly unknown[], policy: string | undefined): void {
  const errors = [
    ...(dryRun.every((value) => value === "All") ? [] : [notSupported("dryRun", dryRun, ["All"])]),
    ...(policy === undefined || policies.includes(policy)
      ? []
      : [notSupported("propagationPolicy", policy, [...policies, "nil"])]),
  ];
  if (errors.length > 0) throw invalidObject({ group: "meta.k8s.io", name: "DeleteOptions" }, "", errors);
}

function orphanPolicy(value: unknown): PropagationPolicy | undefined {
  if (value === null || value === undefined) return undefined;
  return value === true || value === "true" ? "Orphan" : "Background";
}

function text(source: JsonObject, key: string): string | undefined {
  const value = source[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}
