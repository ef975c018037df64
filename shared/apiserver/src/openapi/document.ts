import { versionInfo } from "../http/version.ts";
import { definitions } from "../kinds/openapi/definitions.ts";
import { isRecord } from "../object/object.ts";
import { apiVersionOf, type Resource } from "../resources/resource.ts";
import { listName, pathsOf } from "./operations.ts";

const prefix = "#/components/schemas/";
const listMeta = {
  type: "object",
  properties: {
    continue: { type: "string" },
    remainingItemCount: { type: "integer", format: "int64" },
    resourceVersion: { type: "string" },
  },
};
const listMetaName = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta";

/** The OpenAPI v3 document of one group and version. */
export function openApiDocument(resources: readonly Resource[]): object {
  const schemas: Record<string, object> = { [listMetaName]: listMeta };
  for (const resource of resources) {
    schemas[resource.definition.name] = resource.definition.schema();
    schemas[listName(resource)] = listSchema(resource);
  }
  for (const name of ["DeleteOptions", "Status"]) include(schemas, `io.k8s.apimachinery.pkg.apis.meta.v1.${name}`);
  for (const schema of Object.values(schemas)) {
    for (const name of referencesIn(schema)) include(schemas, name);
  }
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: versionInfo.gitVersion },
    paths: Object.assign({}, ...resources.map((resource) => pathsOf(resource, rootOf(resource)))),
    components: { schemas },
  };
}

function rootOf(resource: Resource): string {
  return resource.group === "" ? `/api/${resource.version}` : `/apis/${apiVersionOf(resource)}`;
}

function listSchema(resource: Resource): object {
  const { group, version, listKind: kind } = resource;
  const text = { type: "string" };
  const items = { type: "array", items: { $ref: `${prefix}${resource.definition.name}` } };
  return {
    type: "object",
    required: ["items"],
    properties: { apiVersion: text, kind: text, metadata: { $ref: `${prefix}${listMetaName}` }, items },
    "x-kubernetes-group-version-kind": [{ group, version, kind }],
  };
}

function include(schemas: Record<string, object>, name: string): void {
  const definition = definitions[name];
  if (schemas[name] || !definition) return;
  schemas[name] = definition;
  for (const reference of referencesIn(definition)) include(schemas, reference);
}

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isRecord(value)) return [];
  const own = typeof value.$ref === "string" ? [value.$ref.slice(prefix.length)] : [];
  return [...own, ...Object.values(value).flatMap(referencesIn)];
}
