import { z } from "zod";
import { flag, int64, integer, intOrString, matching, text } from "../../schema/fields.ts";
import { labelSelector } from "../../schema/references.ts";

/** Fleet accepts null for most of its fields; what it accepts is copied into the Bundle as it is. */
const nullText = (description: string) => z.string().nullable().describe(description).optional();
const nullTexts = (description: string) => z.array(z.string()).nullable().describe(description).optional();
const nullMap = (description: string) => z.record(z.string(), z.string()).nullable().describe(description).optional();
const nullList = <T extends z.ZodType>(item: T, description: string) =>
  z.array(item).nullable().describe(description).optional();
const nullObject = <T extends z.ZodRawShape>(shape: T, description: string) =>
  z.object(shape).nullable().describe(description).optional();
const limit = (description: string) => intOrString().nullable().describe(description).optional();

const partition = z.object({
  name: nullText("Name of the partition."),
  maxUnavailable: intOrString().describe("Clusters of the partition that may be unavailable.").optional(),
  clusterName: text("The cluster of that name."),
  clusterSelector: labelSelector.describe("Clusters by label.").optional(),
  clusterGroup: text("The clusters of that group."),
  clusterGroupSelector: labelSelector.nullable().describe("Cluster groups by label.").optional(),
});

export const rolloutStrategy = z
  .object({
    maxUnavailable: limit("Clusters that may be unavailable."),
    maxUnavailablePartitions: limit("Partitions that may be unavailable."),
    autoPartitionSize: limit("Size of automatic partitions."),
    partitions: nullList(partition, "Partitions, in the order of the rollout."),
  })
  .describe("How Fleet rolls the change out to the clusters.");

const keySelector = (what: string) =>
  nullObject(
    { name: nullText("Name."), namespace: nullText("Namespace."), key: nullText("Key.") },
    `A key of a ${what}.`,
  );

const helm = z
  .object({
    chart: nullText("Chart."),
    repo: nullText("Repository of the chart."),
    releaseName: matching("^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
      .max(53)
      .nullable()
      .describe("Name of the release.")
      .optional(),
    version: nullText("Version of the chart."),
    timeoutSeconds: integer().describe("Timeout of Helm operations.").optional(),
    values: z
      .looseObject({})
      .meta({ "x-kubernetes-preserve-unknown-fields": true })
      .nullable()
      .describe("Values.")
      .optional(),
    templateValues: nullMap("Values that are templates."),
    valuesFrom: nullList(
      z.object({ configMapKeyRef: keySelector("ConfigMap"), secretKeyRef: keySelector("Secret") }),
      "Objects with values.",
    ),
    valuesFiles: nullTexts("Files with values."),
    force: flag("Replace resources that cannot be changed."),
    takeOwnership: flag("Take over resources without owner."),
    maxHistory: integer().describe("Revisions to keep.").optional(),
    waitForJobs: flag("Wait for Jobs."),
    atomic: flag("Roll back when it fails."),
    disablePreProcess: flag("Do not process templates in values."),
    disableDNS: flag("Resolve no names in templates."),
    skipSchemaValidation: flag("Do not check values."),
    disableDependencyUpdate: flag("Do not update dependencies."),
  })
  .describe("Helm options.");

const comparePatch = z.object({
  apiVersion: nullText("API version."),
  kind: nullText("Kind."),
  namespace: nullText("Namespace."),
  name: nullText("Name."),
  operations: nullList(
    z.object({ op: nullText("Operation."), path: nullText("Path."), value: nullText("Value.") }),
    "Patch before comparing.",
  ),
  jsonPointers: nullTexts("Fields to ignore."),
});

export const bundleTarget = z
  .object({
    name: text("Name of the target."),
    clusterName: nullText("The cluster of that name."),
    clusterSelector: labelSelector.nullable().describe("Clusters by label.").optional(),
    clusterGroup: nullText("The clusters of that group."),
    clusterGroupSelector: labelSelector.nullable().describe("Cluster groups by label.").optional(),
    doNotDeploy: flag("Exclude the clusters."),
    namespace: nullText("Namespace of all resources."),
    defaultNamespace: nullText("Namespace of resources that name none."),
    namespaceLabels: nullMap("Labels of the namespace."),
    namespaceAnnotations: nullMap("Annotations of the namespace."),
    serviceAccount: nullText("ServiceAccount that deploys."),
    forceSyncGeneration: int64().describe("Changes force a deployment.").optional(),
    keepResources: flag("Keep the resources when the bundle is removed."),
    deleteNamespace: flag("Delete the namespace with the bundle."),
    deleteCRDResources: flag("Delete CRDs with the bundle."),
    downstreamResources: z
      .array(z.object({ kind: text("Kind."), name: text("Name.") }))
      .describe("Objects to copy to the clusters.")
      .optional(),
    correctDrift: z
      .object({
        enabled: flag("Correct drift."),
        force: flag("By replacing resources."),
        keepFailHistory: flag("Keep failed corrections."),
      })
      .describe("What to do about changes made in the cluster.")
      .optional(),
    kustomize: nullObject({ dir: nullText("Directory.") }, "Kustomize options."),
    helm: helm.optional(),
    yaml: nullObject({ overlays: nullTexts("Overlays.") }, "Options of raw resources."),
    diff: nullObject({ comparePatches: nullList(comparePatch, "Differences to ignore.") }, "How drift is found."),
    ignore: nullObject(
      { conditions: nullList(z.record(z.string(), z.string()), "Conditions to ignore.") },
      "What does not count as not ready.",
    ),
  })
  .describe("Clusters to deploy to, and Fleet's options for them.");

export type RolloutStrategy = z.input<typeof rolloutStrategy>;
export type BundleTarget = z.input<typeof bundleTarget>;
