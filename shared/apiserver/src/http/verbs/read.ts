import type { ApiObject } from "../../object/object.ts";
import { listObjects, parseResourceVersion } from "../../registry/list.ts";
import { present } from "../../registry/registry.ts";
import { apiVersionOf, resourceName, storageKey } from "../../resources/resource.ts";
import { notFound } from "../../status/errors.ts";
import { sendCollection, sendSingle } from "../present.ts";
import { integer, parameter, type Scope, selection } from "../scope.ts";

/** GET of one object. */
export function get(scope: Scope): void {
  const { registry, resource, namespace, name } = scope;
  parseResourceVersion(parameter(scope, "resourceVersion"));
  const stored = registry.store.get(resource.storage, storageKey(resource, namespace, name));
  if (!stored) throw notFound(resourceName(resource), name);
  sendSingle(scope, 200, present(resource, stored));
}

// The kind of a built-in list says what its items are.
function withoutType(object: ApiObject): ApiObject {
  const { apiVersion: _version, kind: _kind, ...rest } = object;
  return rest as ApiObject;
}

/** GET of a collection. */
export function list(scope: Scope): void {
  const { registry, resource, namespace } = scope;
  const result = listObjects(
    registry,
    { resource, namespace },
    {
      limit: Math.max(0, integer(scope, "limit") ?? 0),
      continueToken: parameter(scope, "continue"),
      resourceVersion: parameter(scope, "resourceVersion"),
      resourceVersionMatch: parameter(scope, "resourceVersionMatch"),
      matches: selection(scope),
    },
  );
  const hasSelector = parameter(scope, "labelSelector") !== "" || parameter(scope, "fieldSelector") !== "";
  sendCollection(scope, {
    apiVersion: apiVersionOf(resource),
    kind: resource.listKind,
    metadata: {
      resourceVersion: String(result.resourceVersion),
      ...(result.continueToken !== undefined && { continue: result.continueToken }),
      ...(result.remainingItemCount !== undefined && !hasSelector && { remainingItemCount: result.remainingItemCount }),
    },
    items: resource.isCustom ? result.items : result.items.map(withoutType),
  });
}
