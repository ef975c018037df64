import type { z } from "zod";
import packageJson from "../../package.json" with { type: "json" };
import type { CustomResourceDefinition } from "./custom-resource-definition.ts";
import { type Kind, kinds } from "./kinds.ts";
import { printerColumns } from "./printer-columns.ts";
import { type StructuralSchema, structuralSchema } from "./structural.ts";

/** Name of the release that the definitions carry where no Helm chart installs them. */
export const defaultRelease = "elemental-crds";

/** Version of the definitions; the operator's chart insists on its own version. */
export const definitionsVersion: string = packageJson.version;

/** The CustomResourceDefinitions of all kinds, with the metadata of resources-and-controllers 1.2. */
export function customResourceDefinitions(): CustomResourceDefinition[] {
  return kinds.map(definition);
}

function definition({ type, schema, shortName, clusterApi }: Kind): CustomResourceDefinition {
  const hasStatus = "status" in schema.shape;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${type.plural}.${type.group}`,
      labels: {
        // Cluster API looks up which of our versions implements its contract.
        "cluster.x-k8s.io/v1beta1": type.version,
        "cluster.x-k8s.io/provider": "infrastructure-elemental",
        "release-name": defaultRelease,
      },
      annotations: {
        "app.kubernetes.io/instance": defaultRelease,
        "app.kubernetes.io/version": definitionsVersion,
        "app.kubernetes.io/part-of": "Elemental Operator",
      },
    },
    spec: {
      group: type.group,
      names: {
        kind: type.kind,
        listKind: `${type.kind}List`,
        plural: type.plural,
        singular: type.kind.toLowerCase(),
        ...(shortName ? { shortNames: [shortName] } : {}),
        categories: clusterApi ? ["elemental", "cluster-api"] : ["elemental"],
      },
      scope: "Namespaced",
      versions: [
        {
          name: type.version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: topLevel(schema) },
          ...(hasStatus ? { subresources: { status: {} } } : {}),
          additionalPrinterColumns: printerColumns[type.kind] ?? [],
        },
      ],
    },
  };
}

/** Identity and metadata belong to the API server: the definition says no more about them than their types. */
function topLevel(schema: z.ZodObject): StructuralSchema {
  const { required: _, properties, ...generated } = structuralSchema(schema);
  return {
    ...generated,
    properties: {
      ...properties,
      apiVersion: { type: "string", description: "Group and version of the kind." },
      kind: { type: "string", description: "Name of the kind." },
      metadata: { type: "object" },
    },
  };
}
