import { controllerOwnerReference, type IPAddressClaim, ipAddressClaims, ipAddresses, objectKey } from "@elemental/api";
import { isKubeError, type Kube } from "@elemental/kube";

const version = "v1beta2";

/** Does what a provider of Cluster API's address management does: gives every claim of the namespace an address. */
export function provideAddresses(kube: Kube, namespace: string, address: string): () => void {
  const claims = kube.inform<IPAddressClaim>(ipAddressClaims(version), { namespace });
  const provide = (claim: IPAddressClaim) =>
    give(kube, claim, address).catch((error: unknown) => {
      if (!isKubeError(error, "AlreadyExists", "NotFound", "Conflict")) throw error;
    });
  claims.onChange(({ current }) => {
    if (current && !current.metadata.deletionTimestamp && !current.status?.addressRef) void provide(current);
  });
  return () => claims.stop();
}

async function give(kube: Kube, claim: IPAddressClaim, address: string): Promise<void> {
  const { namespace, name } = objectKey(claim);
  const type = ipAddresses(version);
  await kube.create(type, {
    apiVersion: `ipam.cluster.x-k8s.io/${version}`,
    kind: "IPAddress",
    metadata: { namespace, name, ownerReferences: [controllerOwnerReference(claim, ipAddressClaims(version))] },
    spec: { address, claimRef: { name }, poolRef: claim.spec.poolRef, prefix: 24 },
  });
  await kube.patchStatus(ipAddressClaims(version), objectKey(claim), {
    type: "merge",
    body: { status: { addressRef: { name } } },
  });
}
