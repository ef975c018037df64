import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Loopback, PodLogs } from "./loopback.ts";
import { openPki, type Pki, writeKubeconfig } from "./pki/index.ts";
import type { PodRunnerOptions } from "./pods/index.ts";
import { type Runtime, type RuntimeOptions, startRuntime } from "./runtime.ts";
import { type ApiServer, startApiServer } from "./server.ts";

export interface EmbeddedKubernetesOptions {
  /** Where objects, certificates and Pods are kept between runs; absent: nothing survives `stop`. */
  dataDir?: string;
  /** Port 0 takes a free one. */
  listen: { host: string; port: number };
  /** Further DNS names and addresses by which clients reach the API. */
  hosts?: readonly string[];
  /** How Pods are executed; absent: they are not, as on a cluster without a node. */
  pods?: Omit<PodRunnerOptions, "dataDir" | "onError">;
  onError: RuntimeOptions["onError"];
}

/** A running Kubernetes for one machine: its API, controllers and node. */
export interface EmbeddedKubernetes {
  url: string;
  /** Path of the administrator's kubeconfig. */
  kubeconfig: string;
  pki: Pki;
  loopback: Loopback;
  serviceAddress: Runtime["serviceAddress"];
  stop(): Promise<void>;
}

/** Starts the embedded Kubernetes. Rejects with one clear error when data or address cannot be had. */
export async function startEmbeddedKubernetes(options: EmbeddedKubernetesOptions): Promise<EmbeddedKubernetes> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "elemental-kubernetes-")));
  const discard = async () => {
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const running = await start(options, dataDir);
    const stop = async () => {
      await running.stop();
      await discard();
    };
    return { ...running, stop };
  } catch (error) {
    await discard();
    throw error;
  }
}

async function start(options: EmbeddedKubernetesOptions, dataDir: string): Promise<EmbeddedKubernetes> {
  const { listen, hosts = [], pods, onError } = options;
  const isWildcard = listen.host === "" || listen.host === "0.0.0.0" || listen.host === "::";
  const pki = await openPki({ directory: join(dataDir, "pki"), hosts: isWildcard ? hosts : [...hosts, listen.host] });
  // The API answers log requests from before there is a runner; it then knows of no log.
  let podLogs: PodLogs = { read: () => undefined };
  const api = await startApiServer({
    ...(options.dataDir !== undefined && { dataDir }),
    listen,
    tls: { ...pki.server, clientAuthority: pki.authority.certificate },
    podLogs: { read: (...request) => podLogs.read(...request) },
    onError,
  });
  return withRuntime(api, async () => {
    const runtime = await startRuntime(api.loopback, {
      pki,
      ...(pods && { pods: { ...pods, dataDir: join(dataDir, "node") } }),
      onError,
    });
    podLogs = runtime.podLogs;
    const kubeconfig = join(dataDir, "kubeconfig");
    await writeKubeconfig(kubeconfig, api.url, pki);
    return { runtime, kubeconfig, pki };
  });
}

async function withRuntime(
  api: ApiServer,
  begin: () => Promise<{ runtime: Runtime; kubeconfig: string; pki: Pki }>,
): Promise<EmbeddedKubernetes> {
  try {
    const { runtime, kubeconfig, pki } = await begin();
    const stop = async () => {
      await runtime.stop();
      await api.close();
    };
    return { url: api.url, kubeconfig, pki, loopback: api.loopback, serviceAddress: runtime.serviceAddress, stop };
  } catch (error) {
    await api.close();
    throw error;
  }
}
