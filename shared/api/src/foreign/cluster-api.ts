import type { KubeObject, ResourceType } from "../meta.ts";

export const clusterApiGroup = "cluster.x-k8s.io";

/** A Machine of Cluster API, the part that all its versions share. */
export interface Machine extends KubeObject {
  kind: "Machine";
  spec?: {
    clusterName?: string;
    bootstrap?: { dataSecretName?: string };
    providerID?: string;
  };
}

/** Versions of the Machine API that we can read, the preferred one first. */
export const machineVersions = ["v1beta2", "v1beta1"] as const;

/** Machines in the version that the API server serves; `Kube.serves` finds it among `machineVersions`. */
export function machines(version: string): ResourceType<Machine> {
  return { group: clusterApiGroup, version, kind: "Machine", plural: "machines", namespaced: true };
}
