import { allVerbs } from "../kinds/define.ts";
import type { ApiObject } from "../object/object.ts";
import { apiVersionOf, type Resource } from "../resources/resource.ts";
import { objectMetaSchema } from "../schema/object-meta.ts";
import type { Schema } from "../schema/schema.ts";
import { printerColumns } from "./columns.ts";
import type { CustomResourceDefinition, Version } from "./definition.ts";
import { compileJsonPath } from "./json-path.ts";

/** The resources that an established definition serves, one per served version. */
export function resourcesOf(definition: CustomResourceDefinition): Resource[] {
  return definition.spec.versions.filter(({ served }) => served).map((version) => resourceOf(definition, version));
}

/** One version of a definition, also when it is not served. */
export function resourceOf({ spec, status }: CustomResourceDefinition, version: Version): Resource {
  const names = status?.acceptedNames?.plural ? status.acceptedNames : spec.names;
  const { group } = spec;
  const storageVersion = spec.versions.find(({ storage }) => storage)?.name ?? version.name;
  return {
    group,
    version: version.name,
    plural: spec.names.plural,
    singular: names.singular ?? spec.names.kind.toLowerCase(),
    kind: spec.names.kind,
    listKind: names.listKind ?? `${spec.names.kind}List`,
    namespaced: spec.scope === "Namespaced",
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    verbs: allVerbs,
    subresources: version.subresources?.status ? ["status"] : [],
    schema: rootSchema(version),
    definition: openApiDefinition({ group, version: version.name, kind: spec.names.kind }, version),
    strategy: {
      allowsUnconditionalUpdate: false,
      hasGeneration: true,
      columns: printerColumns(version.additionalPrinterColumns),
      selectableFields: selectableFields(version),
    },
    ...deprecationOf(group, spec.names.kind, version),
    isCustom: true,
    isQuestion: false,
    storage: `${spec.names.plural}.${group}`,
    convert: {
      fromStorage: (object) => withVersion(object, apiVersionOf({ group, version: version.name })),
      toStorage: (object) => withVersion(object, apiVersionOf({ group, version: storageVersion })),
    },
  };
}

function deprecationOf(group: string, kind: string, version: Version): { deprecation?: string } {
  if (!version.deprecated) return {};
  return { deprecation: version.deprecationWarning ?? `${group}/${version.name} ${kind} is deprecated` };
}

function withVersion(object: ApiObject, apiVersion: string): ApiObject {
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

/** The version's schema with the fields that every object has. */
function rootSchema(version: Version): Schema {
  const schema = version.schema?.openAPIV3Schema ?? { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const text: Schema = { type: "string" };
  return { ...schema, properties: { ...schema.properties, apiVersion: text, kind: text, metadata: objectMetaSchema } };
}

function openApiDefinition(
  { group, version: name, kind }: { group: string; version: string; kind: string },
  version: Version,
) {
  const schema = () => {
    const { properties, ...rest } = version.schema?.openAPIV3Schema ?? { type: "object" };
    const text = { type: "string" };
    const metadata = { $ref: "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta" };
    const gvk = { group, version: name, kind };
    return {
      ...rest,
      properties: { apiVersion: text, kind: text, ...properties, metadata },
      "x-kubernetes-group-version-kind": [gvk],
    };
  };
  return { name: [...group.split(".").reverse(), name, kind].join("."), schema };
}

function selectableFields(version: Version): (object: ApiObject) => Record<string, string> {
  const paths = (version.selectableFields ?? []).map(({ jsonPath }) => ({
    name: jsonPath.replace(/^\./, ""),
    find: compileJsonPath(jsonPath) ?? (() => []),
  }));
  return (object) => Object.fromEntries(paths.map(({ name, find }) => [name, String(find(object)[0] ?? "")]));
}
