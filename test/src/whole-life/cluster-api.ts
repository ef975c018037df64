import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { machines, machineVersions } from "@elemental/api";
import { connect } from "@elemental/kube";
import { type ApiUnderTest, launcher, launcherAvailable, startRealApi } from "../kube/real-api.ts";

const run = promisify(execFile);

/** Why there is no Cluster API to test with; undefined when there is. Only a real kube-apiserver can serve it. */
export async function clusterApiMissing(apiKind: "embedded" | "real"): Promise<string | undefined> {
  if (apiKind === "embedded") return "Cluster API needs a real kube-apiserver: npm run test:kube";
  if (launcherAvailable() || (await isServed(process.env.KUBECONFIG ?? ""))) return undefined;
  return "the cluster of KUBECONFIG does not serve Cluster API";
}

/**
 * A kube-apiserver with the controllers of Cluster API. It is not the one of the other suites, which define a Machine kind
 * of their own; the cluster of KUBECONFIG is used as it is.
 */
export async function startClusterApi(): Promise<ApiUnderTest> {
  const api = await startRealApi();
  if (!launcherAvailable()) return api;
  try {
    await run(launcher, ["cluster-api", api.directory ?? ""]);
    return api;
  } catch (error) {
    await api.stop();
    throw error;
  }
}

async function isServed(kubeconfig: string): Promise<boolean> {
  const kube = await connect({ kubeconfig, userAgent: "elemental-test", fieldManager: "elemental-test" });
  try {
    return await kube.serves(machines(machineVersions[0]));
  } finally {
    await kube.close();
  }
}
