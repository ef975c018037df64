import type { KubeObject } from "@elemental/api";
import { collections } from "../../client/kinds.ts";
import { ensure, isRefused, mutate } from "../../client/mutate.ts";
import { workQueue } from "../../client/work-queue.ts";
import type { Loopback } from "../../loopback.ts";
import type { ControllerContext, Stop } from "../controller.ts";

/** The ConfigMap by which Pods of a namespace learn the API's certificate authority. */
export const rootCaName = "kube-root-ca.crt";

/** Keeps a ServiceAccount `default` and the ConfigMap `kube-root-ca.crt` in every Namespace that is not being deleted. */
export function furnishNamespaces({ loopback, onError }: ControllerContext, rootCa: string): Stop {
  const queue = workQueue({
    work: async (namespace) => furnish(loopback, namespace, rootCa),
    onError: (error, namespace) => onError(error, `furnish Namespace ${namespace}`),
  });
  const unwatch = [
    loopback.watch(collections.namespaces, ({ object }) => queue.add(object.metadata.name)),
    loopback.watch(collections.serviceAccounts, ({ type, object }) => {
      if (type === "DELETED" && object.metadata.name === "default") queue.add(object.metadata.namespace ?? "");
    }),
    loopback.watch(collections.configMaps, ({ type, object }) => {
      if (type !== "ADDED" && object.metadata.name === rootCaName) queue.add(object.metadata.namespace ?? "");
    }),
  ];
  return async () => {
    for (const end of unwatch) end();
    await queue.stop();
  };
}

async function furnish(loopback: Loopback, name: string, rootCa: string): Promise<undefined> {
  const namespace = await loopback.get(collections.namespaces, "", name);
  if (!namespace || namespace.metadata.deletionTimestamp) return;
  try {
    const metadata = { name: "default", namespace: name };
    await ensure(loopback, collections.serviceAccounts, { apiVersion: "v1", kind: "ServiceAccount", metadata });
    await publishRootCa(loopback, name, rootCa);
  } catch (error) {
    // The Namespace may begin to end at any time.
    if (!isRefused(error, "NotFound", "Forbidden")) throw error;
  }
}

interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
}

async function publishRootCa(loopback: Loopback, namespace: string, rootCa: string): Promise<void> {
  const data = { "ca.crt": rootCa };
  const key = { namespace, name: rootCaName };
  const there = await mutate<ConfigMap>(loopback, {
    resource: collections.configMaps,
    key,
    change: (current) => (current.data?.["ca.crt"] === rootCa ? undefined : { ...current, data }),
  });
  if (there) return;
  const annotations = { "kubernetes.io/description": "The certificate authority of this Kubernetes API." };
  const configMap: ConfigMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { ...key, annotations }, data };
  await ensure(loopback, collections.configMaps, configMap);
}
