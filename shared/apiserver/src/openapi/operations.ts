import type { Resource, Verb } from "../resources/resource.ts";

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const text = { type: "string", uniqueItems: true };

const query = (name: string, type = "string") => ({ name, in: "query", schema: { type, uniqueItems: true } });
const inPath = (name: string) => ({ name, in: "path", required: true, schema: text });

const writeParameters = [query("dryRun"), query("fieldManager"), query("fieldValidation")];
const listParameters = [
  query("allowWatchBookmarks", "boolean"),
  query("continue"),
  query("fieldSelector"),
  query("labelSelector"),
  query("limit", "integer"),
  query("resourceVersion"),
  query("resourceVersionMatch"),
  query("sendInitialEvents", "boolean"),
  query("timeoutSeconds", "integer"),
  query("watch", "boolean"),
];
const deleteParameters = [query("dryRun"), query("gracePeriodSeconds", "integer"), query("propagationPolicy")];

/** Parameters of each verb. */
const parameters: Record<Verb, readonly object[]> = {
  get: [query("resourceVersion")],
  list: listParameters,
  watch: listParameters,
  create: writeParameters,
  update: writeParameters,
  patch: [...writeParameters, query("force", "boolean")],
  delete: deleteParameters,
  deletecollection: [...listParameters, ...deleteParameters],
};

const methods: Partial<Record<Verb, string>> = {
  get: "get",
  list: "get",
  create: "post",
  update: "put",
  patch: "patch",
  delete: "delete",
  deletecollection: "delete",
};

const patchTypes = ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"];
const statusName = "io.k8s.apimachinery.pkg.apis.meta.v1.Status";

/** The paths of a resource with what can be done there. */
export function pathsOf(resource: Resource, root: string): Record<string, object> {
  const { plural, namespaced, subresources } = resource;
  const collection = namespaced ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`;
  const shared = [...(namespaced ? [inPath("namespace")] : []), query("pretty")];
  const named = [inPath("name"), ...shared];
  const paths: Record<string, object> = {
    [collection]: { ...operations(resource, ["list", "create", "deletecollection"]), parameters: shared },
    [`${collection}/{name}`]: { ...operations(resource, ["get", "update", "patch", "delete"]), parameters: named },
  };
  for (const subresource of subresources) {
    const verbs: Verb[] = subresource === "log" ? ["get"] : ["get", "update", "patch"];
    paths[`${collection}/{name}/${subresource}`] = { ...operations(resource, verbs), parameters: named };
  }
  if (namespaced) paths[`${root}/${plural}`] = { ...operations(resource, ["list"]), parameters: [query("pretty")] };
  return paths;
}

function operations(resource: Resource, verbs: readonly Verb[]): Record<string, object> {
  const offered = verbs.filter((verb) => resource.verbs.includes(verb));
  return Object.fromEntries(offered.map((verb) => [methods[verb] ?? verb, operation(resource, verb)]));
}

function operation(resource: Resource, verb: Verb): object {
  const { group, version, kind, definition } = resource;
  const isList = verb === "list";
  const isDelete = verb === "delete" || verb === "deletecollection";
  const result = isDelete ? statusName : isList ? listName(resource) : definition.name;
  return {
    tags: [group === "" ? `core_${version}` : `${group}_${version}`],
    operationId: `${verb}-${group}-${version}-${resource.plural}`,
    parameters: parameters[verb],
    ...requestBody(resource, verb),
    responses: { 200: { description: "OK", content: { "application/json": { schema: reference(result) } } } },
    "x-kubernetes-action": isList ? "list" : verb === "create" ? "post" : verb === "update" ? "put" : verb,
    "x-kubernetes-group-version-kind": { group, version, kind },
  };
}

function requestBody(resource: Resource, verb: Verb): object {
  if (verb === "create" || verb === "update") {
    return { requestBody: { content: { "*/*": { schema: reference(resource.definition.name) } }, required: true } };
  }
  if (verb !== "patch") return {};
  const types = resource.isCustom ? patchTypes : [...patchTypes, "application/strategic-merge-patch+json"];
  return { requestBody: { content: Object.fromEntries(types.map((type) => [type, {}])), required: true } };
}

/** Name of the definition of the kind's list. */
export function listName({ definition }: Resource): string {
  return `${definition.name}List`;
}
