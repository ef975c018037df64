import { versionInfo } from "../http/version.ts";
import type { Catalog } from "../resources/catalog.ts";
import { apiVersionOf, type Resource } from "../resources/resource.ts";
import { field, message } from "./protobuf-writer.ts";

/** Numbers of the fields of the OpenAPI v2 messages that are written here. */
const document = { swagger: 1, info: 2, paths: 8 };
const info = { title: 1, version: 2 };
const paths = { path: 2 };
const named = { name: 1, value: 2 };
const pathItem = { patch: 8 };
const operation = { parameters: 8, extension: 13 };
const parametersItem = { parameter: 1 };
const parameter = { nonBody: 2 };
const nonBody = { query: 3 };
const query = { in: 2, name: 4 };
const any = { yaml: 2 };

/**
 * The OpenAPI v2 document as protobuf. Clients that want it (kubectl for a manifest of kind List) look only for whether
 * patches of a kind take a parameter, so that this is all it says.
 */
export function swaggerProtobuf(catalog: Catalog): Uint8Array {
  const patchable = catalog.all().filter(({ verbs }) => verbs.includes("patch"));
  return message(
    field(document.swagger, "2.0"),
    field(document.info, message(field(info.title, "Kubernetes"), field(info.version, versionInfo.gitVersion))),
    field(document.paths, message(...patchable.map((resource) => field(paths.path, pathOf(resource))))),
  );
}

function pathOf(resource: Resource): Uint8Array {
  const { group, version, kind, plural, namespaced } = resource;
  const root = group === "" ? `/api/${version}` : `/apis/${apiVersionOf(resource)}`;
  const gvk = `group: ${JSON.stringify(group)}\nkind: ${kind}\nversion: ${version}\n`;
  const patch = message(
    ...["dryRun", "fieldManager", "fieldValidation"].map((name) => field(operation.parameters, queryParameter(name))),
    field(operation.extension, namedValue("x-kubernetes-group-version-kind", field(any.yaml, gvk))),
  );
  const path = `${root}${namespaced ? "/namespaces/{namespace}" : ""}/${plural}/{name}`;
  return namedValue(path, field(pathItem.patch, patch));
}

function namedValue(name: string, value: Uint8Array): Uint8Array {
  return message(field(named.name, name), field(named.value, value));
}

function queryParameter(name: string): Uint8Array {
  const schema = message(field(query.in, "query"), field(query.name, name));
  return field(parametersItem.parameter, field(parameter.nonBody, field(nonBody.query, schema)));
}
