import { type DrainSpec, isJsonObject, type ManagedOSImage, type UpgradeContainer } from "@elemental/api";
import { goJson } from "../json/go-json.ts";
import { renderCloudConfig } from "./cloud-config.ts";
import { ordered } from "./container.ts";
import { safeConcatName, sha256, upgraderName } from "./names.ts";

const namespace = "cattle-system";
const rbacGroup = "rbac.authorization.k8s.io";

interface Manifest {
  kind: string;
  apiVersion: string;
  metadata: { name: string; namespace?: string };
  [field: string]: unknown;
}

/** A file of a Bundle. */
export interface BundleResource {
  name: string;
  content: string;
}

/** What a Bundle puts into each cluster to upgrade its nodes, in this order; resources-and-controllers 2.8.3. */
export function bundleResources(image: ManagedOSImage, version: string, upgrade: UpgradeContainer): BundleResource[] {
  const name = upgraderName(image.metadata.name);
  const manifests = [clusterRole(name), clusterRoleBinding(name), serviceAccount(name), secret(name, image)];
  return [...manifests, plan(name, image, version, upgrade)].map(asResource);
}

function asResource(manifest: Manifest): BundleResource {
  const content = goJson(manifest);
  const { name, namespace = "" } = manifest.metadata;
  return { name: `${safeConcatName(manifest.kind, namespace, name, sha256(content).slice(0, 12))}.yaml`, content };
}

function clusterRole(name: string): Manifest {
  return {
    kind: "ClusterRole",
    apiVersion: `${rbacGroup}/v1`,
    metadata: { name },
    rules: [
      { verbs: ["update", "get", "list", "watch", "patch"], apiGroups: [""], resources: ["nodes"] },
      { verbs: ["get", "list"], apiGroups: [""], resources: ["pods"] },
      { verbs: ["get"], apiGroups: ["apps"], resources: ["daemonsets"] },
      { verbs: ["create"], apiGroups: [""], resources: ["pods/eviction"] },
    ],
  };
}

function clusterRoleBinding(name: string): Manifest {
  return {
    kind: "ClusterRoleBinding",
    apiVersion: `${rbacGroup}/v1`,
    metadata: { name },
    subjects: [{ kind: "ServiceAccount", name, namespace }],
    roleRef: { apiGroup: rbacGroup, kind: "ClusterRole", name },
  };
}

function serviceAccount(name: string): Manifest {
  return { kind: "ServiceAccount", apiVersion: "v1", metadata: { name, namespace } };
}

function secret(name: string, image: ManagedOSImage): Manifest {
  const { cloudConfig } = image.spec ?? {};
  const text = renderCloudConfig(isJsonObject(cloudConfig) ? cloudConfig : undefined);
  const data = { "cloud-config": Buffer.from(text).toString("base64") };
  return { kind: "Secret", apiVersion: "v1", metadata: { name, namespace }, data };
}

function plan(name: string, image: ManagedOSImage, version: string, upgrade: UpgradeContainer): Manifest {
  const { concurrency, nodeSelector, prepare, cordon, drain } = image.spec ?? {};
  return {
    kind: "Plan",
    apiVersion: "upgrade.cattle.io/v1",
    metadata: { name, namespace },
    spec: {
      concurrency: concurrency ?? 1,
      nodeSelector: nodeSelector ?? {},
      serviceAccountName: name,
      version,
      secrets: [{ name, path: "/run/data" }],
      tolerations: [{ operator: "Exists" }],
      ...(prepare ? { prepare: ordered(prepare) } : {}),
      ...(cordon === false ? {} : { cordon: true }),
      ...(drain ? { drain: orderedDrain(drain) } : {}),
      upgrade,
    },
    status: {},
  };
}

/** Fields in the order of the upgrade controller's own type, so that equal settings have equal bytes. */
function orderedDrain(drain: DrainSpec): DrainSpec {
  const { timeout, gracePeriod, deleteLocalData, deleteEmptydirData, ignoreDaemonSets } = drain;
  const { force, disableEviction, skipWaitForDeleteTimeout, podSelector } = drain;
  return {
    ...{ timeout, gracePeriod, deleteLocalData, deleteEmptydirData, ignoreDaemonSets },
    ...{ force, disableEviction, skipWaitForDeleteTimeout, podSelector },
  };
}
