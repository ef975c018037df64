import { z } from "zod";
import { conditions } from "../../schema/condition.ts";
import { upgradeContainer } from "../../schema/container.ts";
import {
  customResource,
  flag,
  int32,
  int64,
  integer,
  requiredDespiteDefault,
  schemaless,
  text,
} from "../../schema/fields.ts";
import { labelSelector } from "../../schema/references.ts";
import { elementalKind } from "../descriptor.ts";
import { bundleTarget, rolloutStrategy } from "./fleet.ts";

const drain = z.object({
  timeout: int64().describe("How long to try, in nanoseconds.").optional(),
  gracePeriod: int32().describe("Seconds a Pod gets to end.").optional(),
  deleteLocalData: flag("Drain Pods with local data."),
  deleteEmptydirData: flag("Drain Pods with emptyDir volumes."),
  ignoreDaemonSets: flag("Leave Pods of DaemonSets alone."),
  force: flag("Drain Pods without controller."),
  disableEviction: flag("Delete Pods instead of evicting them."),
  skipWaitForDeleteTimeout: integer().describe("Seconds after which a Pod being deleted is not waited for.").optional(),
  podSelector: labelSelector.describe("Pods to drain.").optional(),
});

const spec = z.object({
  osImage: text("Container image of the system; wins over the ManagedOSVersion."),
  managedOSVersionName: text("ManagedOSVersion to upgrade to."),
  cloudConfig: schemaless("cloud-config for the upgraded nodes."),
  nodeSelector: labelSelector.describe("Nodes to upgrade.").optional(),
  concurrency: int64().describe("Nodes of a cluster upgraded at once.").optional(),
  cordon: flag("Cordon the node during the upgrade; default true."),
  drain: drain
    .nullable()
    .meta(requiredDespiteDefault)
    .describe("Drain the node before the upgrade; null for no drain.")
    .default({ force: true, skipWaitForDeleteTimeout: 60, ignoreDaemonSets: true, deleteLocalData: true }),
  prepare: upgradeContainer.describe("Container that runs before the upgrade.").optional(),
  upgradeContainer: upgradeContainer.describe("Container that upgrades the node.").optional(),
  clusterRolloutStrategy: rolloutStrategy.optional(),
  clusterTargets: z.array(bundleTarget).describe("Clusters to upgrade.").optional(),
});

const status = z.object({ conditions: conditions() });

export const managedOSImageSchema = customResource("ManagedOSImage", { spec, status }).describe(
  "Upgrades the operating system of the nodes of clusters.",
);
export type ManagedOSImage = z.input<typeof managedOSImageSchema>;
export type DrainSpec = z.input<typeof drain>;

export const managedOSImages = elementalKind<ManagedOSImage>("ManagedOSImage", "managedosimages");
