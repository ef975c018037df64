import type { KubeObject, ResourceType } from "../meta.ts";

export const ipamGroup = "ipam.cluster.x-k8s.io";

/** Asks a pool for one address. `apiGroup` names the pool's group (required by the IPAM contract). */
export interface IPAddressClaim extends KubeObject {
  kind: "IPAddressClaim";
  spec: { poolRef: { apiGroup: string; kind: string; name: string } };
  status?: {
    addressRef?: { name: string };
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
  };
}

/** An address given for a claim. */
export interface IPAddress extends KubeObject {
  kind: "IPAddress";
  spec: {
    address: string;
    prefix?: number;
    gateway?: string;
    claimRef?: { name: string };
    poolRef?: { apiGroup?: string; kind: string; name: string };
  };
}

/** Versions of the IPAM API that we can use, the preferred one first; the fields above are the same in all. */
export const ipamVersions = ["v1beta2", "v1beta1", "v1alpha1"] as const;

/** IPAddressClaims in the version that the API server serves; `Kube.serves` finds it among `ipamVersions`. */
export function ipAddressClaims(version: string): ResourceType<IPAddressClaim> {
  return { group: ipamGroup, version, kind: "IPAddressClaim", plural: "ipaddressclaims", namespaced: true };
}

/** IPAddresses in the version that the API server serves. */
export function ipAddresses(version: string): ResourceType<IPAddress> {
  return { group: ipamGroup, version, kind: "IPAddress", plural: "ipaddresses", namespaced: true };
}
