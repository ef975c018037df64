import { join } from "node:path";
import { type EventRecorder, eventRecorder } from "../client/events.ts";
import { collections } from "../client/kinds.ts";
import type { Loopback, LoopbackEvent, PodLogs } from "../loopback.ts";
import { newPodAddress } from "./addresses.ts";
import type { ImageCatalog } from "./images.ts";
import { keepNode, nodeName } from "./node.ts";
import type { Pod } from "./pod.ts";
import { findLauncher } from "./process/launcher.ts";
import { killProcessesOf, runnerIdentity } from "./process/marker.ts";
import { namespacesWork } from "./root/namespaces.ts";
import type { Isolation } from "./root/root.ts";
import type { PodHost } from "./run/host.ts";
import { removeOrphans } from "./run/orphans.ts";
import { PodWorker } from "./run/worker.ts";
import { schedule } from "./schedule.ts";
import { findServiceAddress, type ServiceAddress } from "./service-address.ts";
import { type Backoff, kubeletBackoff } from "./state/container.ts";

export interface PodRunnerOptions {
  /** Below which Pods keep volumes and logs, and the runner its notes. Only one runner may use it. */
  dataDir: string;
  images: ImageCatalog;
  /** Default: namespaces where this machine allows them, else paths. */
  isolation?: Isolation;
  backoff?: Backoff;
  /** Between attempts at what waits for a ConfigMap, Secret or volume. Default 2000. */
  retryMs?: number;
  /** Size of one log file. Default 16 MiB. */
  maxLogBytes?: number;
  /** How long processes may take to end when the runner stops. Default 5000. */
  stopGraceMs?: number;
  /** Told of failures that are retried and that no object's status shows. */
  onError(error: unknown, doing: string): void;
}

export interface PodRunner {
  podLogs: PodLogs;
  /** Where a ready Pod of the Service listens for `port` (number or name), undefined when none does. */
  serviceAddress(namespace: string, name: string, port: number | string): Promise<ServiceAddress | undefined>;
  /** Ends all processes. Pods stay as they are; the next start settles them. */
  stop(): Promise<void>;
}

/** Executes the Pods of the API as processes of this machine. First kills what a crashed runner left behind. */
export async function startPodRunner(loopback: Loopback, options: PodRunnerOptions): Promise<PodRunner> {
  const host = await openHost(loopback, options);
  await killProcessesOf(host.identity);
  const existing = (await loopback.list(collections.pods, "")) as Pod[];
  await removeOrphans(host.directory, new Set(existing.map(({ metadata }) => metadata.uid ?? "")));
  const releaseNode = await keepNode(loopback, (error) => host.onError(error, "keep the Node"));
  const pods = new RunningPods(host);
  const unwatch = loopback.watch(collections.pods, (event) => pods.handle(event));
  return {
    podLogs: { read: (namespace, pod, container, how) => pods.find(namespace, pod)?.logs.read(container, how) },
    serviceAddress: (namespace, name, port) =>
      findServiceAddress(loopback, { namespace, name }, port, (pod, containerPort) => {
        const worker = pods.find(pod.metadata.namespace ?? "", pod.metadata.name);
        return worker?.actualPort(containerPort) ?? containerPort;
      }),
    async stop() {
      unwatch();
      releaseNode();
      await pods.stop(options.stopGraceMs ?? 5000);
      await killProcessesOf(host.identity);
    },
  };
}

async function openHost(loopback: Loopback, options: PodRunnerOptions): Promise<PodHost> {
  const { dataDir, images, onError } = options;
  return {
    loopback,
    images,
    isolation: options.isolation ?? ((await namespacesWork(join(dataDir, "probe"))) ? "namespaces" : "paths"),
    identity: await runnerIdentity(dataDir),
    launcher: await findLauncher(),
    events: eventRecorder(loopback, "kubelet", nodeName),
    backoff: options.backoff ?? kubeletBackoff,
    retryMs: options.retryMs ?? 2000,
    maxLogBytes: options.maxLogBytes ?? 16 * 1024 * 1024,
    directory: join(dataDir, "pods"),
    now: () => new Date(),
    onError,
  };
}

/** A worker for every Pod of this node, by namespace and name. */
class RunningPods {
  readonly #host: PodHost;
  readonly #workers = new Map<string, { uid: string | undefined; worker: PodWorker }>();
  /** Of Pods that are gone, until they ended. */
  readonly #removed = new Set<PodWorker>();
  readonly #schedulerEvents: EventRecorder;

  constructor(host: PodHost) {
    this.#host = host;
    this.#schedulerEvents = eventRecorder(host.loopback, "default-scheduler");
  }

  find(namespace: string, name: string): PodWorker | undefined {
    return this.#workers.get(`${namespace}/${name}`)?.worker;
  }

  handle({ type, object }: LoopbackEvent): void {
    const pod = object as Pod;
    const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
    const known = this.#workers.get(key);
    if (known && (type === "DELETED" || known.uid !== pod.metadata.uid)) this.#remove(key, known.worker);
    if (type === "DELETED") return;
    if (!pod.spec.nodeName) this.#schedule(pod);
    else if (pod.spec.nodeName === nodeName) this.#run(key, pod);
  }

  async stop(graceMs: number): Promise<void> {
    const workers = [...[...this.#workers.values()].map(({ worker }) => worker), ...this.#removed];
    await Promise.all(workers.map((worker) => worker.stop(graceMs)));
    await Promise.all([this.#schedulerEvents.flush(), this.#host.events.flush()]);
  }

  #run(key: string, pod: Pod): void {
    const known = this.#workers.get(key)?.worker;
    const worker = known ?? new PodWorker(this.#host, pod, pod.status?.podIP ?? newPodAddress(this.#addresses()));
    if (!known) this.#workers.set(key, { uid: pod.metadata.uid, worker });
    worker.update(pod);
  }

  #remove(key: string, worker: PodWorker): void {
    this.#workers.delete(key);
    this.#removed.add(worker);
    worker.remove(() => this.#removed.delete(worker));
  }

  #schedule(pod: Pod): void {
    schedule(this.#host.loopback, this.#schedulerEvents, pod).catch((error) =>
      this.#host.onError(error, `schedule Pod ${pod.metadata.namespace}/${pod.metadata.name}`),
    );
  }

  #addresses(): Set<string> {
    return new Set([...this.#workers.values()].map(({ worker }) => worker.podIP));
  }
}
