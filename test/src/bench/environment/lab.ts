import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { customResourceDefinitions, machineInventories, namespaces, type ObjectKey, objectKey } from "@elemental/api";
import { isKubeError, type Kube } from "@elemental/kube";
import { type RedisServer, startRedis } from "@elemental/queue";
import { connectToCluster } from "../../kube/cluster.ts";
import { machineDefinition } from "../../kube/machine-definition.ts";
import { forEach } from "../measure/workers.ts";
import { progress } from "../result.ts";
import { openApi } from "./kubernetes.ts";
import { type ServiceName, type ServiceProcess, startService } from "./service.ts";

/** What our services run on during a benchmark. */
export interface Lab {
  /** Which API it is: given, real or embedded. */
  api: string;
  apiPids: number[];
  kube: Kube;
  /** A new namespace, emptied and removed at the end. */
  createNamespace(): Promise<string>;
  /** Starts one process of a service and ends it with the lab. */
  start(name: ServiceName, env?: Record<string, string>): Promise<ServiceProcess>;
}

/** Opens the API, Redis and what belongs to them; `parts` ends all of it, last opened first. */
export async function openLab(options: { embedded: boolean }, parts: AsyncDisposableStack): Promise<Lab> {
  const directory = await mkdtemp(join(tmpdir(), "bench-"));
  parts.defer(() => rm(directory, { recursive: true, force: true }));
  const api = await openApi(options.embedded);
  parts.defer(() => api.stop());
  progress(`Kubernetes API: ${api.kind}`);
  const cluster = await connectToCluster(api.kubeconfig, [...customResourceDefinitions(), machineDefinition]);
  parts.defer(() => cluster.close());
  const redis = await startRedis({ dir: join(directory, "redis"), path: process.env["PATH"] ?? "" });
  parts.defer(() => redis.stop());
  const common = { KUBECONFIG: api.kubeconfig, ...redisEnvironment(redis) };
  return {
    api: api.kind,
    apiPids: api.pids,
    kube: cluster.kube,
    async createNamespace() {
      const name = await cluster.createNamespace();
      // An API of our own is thrown away as a whole.
      if (api.kind === "given") parts.defer(() => removeNamespace(cluster.kube, name));
      return name;
    },
    async start(name, env = {}) {
      const service = await startService({ name, env: { ...common, ...env }, logDirectory: directory });
      parts.defer(() => service.stop());
      return service;
    },
  };
}

function redisEnvironment({ address }: RedisServer): Record<string, string> {
  return "socket" in address ? { REDIS_SOCKET: address.socket } : { REDIS_URL: address.url };
}

const removalDeadlineMs = 120_000;

/** Inventories wait for their controller before they go, which has ended by now. */
async function removeNamespace(kube: Kube, name: string): Promise<void> {
  const { items } = await kube.list(machineInventories, { namespace: name });
  const held = items.filter(({ metadata }) => metadata.finalizers?.length).map(objectKey);
  await forEach(held, 32, (key) =>
    kube.patch(machineInventories, key, { type: "merge", body: { metadata: { finalizers: null } } }),
  );
  const key = { namespace: "", name };
  await kube.delete(namespaces, key);
  const deadline = Date.now() + removalDeadlineMs;
  // The next benchmark's controllers would work on what is left.
  while (Date.now() < deadline && (await exists(kube, key))) await delay(500);
}

async function exists(kube: Kube, key: ObjectKey): Promise<boolean> {
  try {
    await kube.get(namespaces, key);
    return true;
  } catch (error) {
    if (isKubeError(error, "NotFound")) return false;
    throw error;
  }
}
