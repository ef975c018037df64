import type { Credentials } from "./credentials.ts";
import { inClusterCredentials } from "./in-cluster.ts";
import { kubeconfigCredentials } from "./kubeconfig.ts";
import { pluginCredentials } from "./plugin.ts";

/** Reads a kubeconfig file, or the service account of the Pod (`in-cluster`). Throws a KubeError that says what is missing. */
export async function loadCredentials(source: string): Promise<Credentials> {
  if (source === "in-cluster") return inClusterCredentials();
  return (await kubeconfigCredentials(source)) ?? pluginCredentials(source);
}
