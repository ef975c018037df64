import type { Resource } from "../resources/resource.ts";
import { notFound } from "../status/errors.ts";
import { StatusError } from "../status/status-error.ts";
import type { Registry } from "./registry.ts";

/** Throws 404 when the namespace of a new object does not exist and 403 when it is being deleted. */
export function checkNamespaceAccepts(registry: Registry, resource: Resource, namespace: string, name: string): void {
  if (!resource.namespaced) return;
  const found = registry.store.get("namespaces", namespace);
  if (!found) throw notFound({ group: "", name: "namespaces" }, namespace);
  if (!found.metadata.deletionTimestamp) return;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const { group, plural } = resource;
  const qualified = group === "" ? plural : `${plural}.${group}`;
  throw new StatusError(403, "Forbidden", `${qualified} "${name ?? ""}" is forbidden: ${why}`, {
    ...(name && { name }),
    ...(group && { group }),
    kind: plural,
    causes: [
      {
        reason: "NamespaceTerminating",
        message: `namespace ${namespace} is being terminated`,
        field: "metadata.namespace",
      },
    ],
  });
}
