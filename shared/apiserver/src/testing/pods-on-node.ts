import type { KubeObject, ResourceType } from "@elemental/api";
import { events, namespaces } from "@elemental/api";
import { connect, type Kube } from "@elemental/kube";
import { afterAll, beforeAll, beforeEach, expect, inject, vi } from "vitest";
import { type EmbeddedKubernetes, startEmbeddedKubernetes } from "../embedded.ts";
import type { Pod, PodSpec } from "../pods/pod.ts";
import type { ContainerStatus, PodStatus } from "../pods/pod-status.ts";
import { uniqueName } from "./api.ts";
import { testImages } from "./pods.ts";

export const podType: ResourceType<Pod> = { group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true };
const nodeType: ResourceType<KubeObject> = {
  group: "",
  version: "v1",
  kind: "Node",
  plural: "nodes",
  namespaced: false,
};
export const deadline = { timeout: 25_000, interval: 50 };

// The API that all suites share has no node, so that they can play its part; here ours gets one. A real API is used with
// the node it has: one that has the image docker.io/test/shell:1 with /bin/sh (busybox will do).
export const hasNode = inject("apiKind") === "embedded" || (await realNodeIsThere());

async function open(kubeconfig: string): Promise<Kube> {
  return connect({ kubeconfig, userAgent: "elemental-test", fieldManager: "elemental-test" });
}

async function realNodeIsThere(): Promise<boolean> {
  const real = await open(inject("kubeconfig"));
  const { items } = await real.list(nodeType);
  await real.close();
  return items.length > 0;
}

/** An API with a node, and a namespace of its own for each test. */
export interface PodsOnNode {
  kube: Kube;
  namespace: string;
  create(name: string, spec: PodSpec, metadata?: Partial<Pod["metadata"]>): Promise<Pod>;
  /** Waits until the status of a Pod satisfies `holds`. */
  until(name: string, holds: (status: PodStatus) => unknown): Promise<Pod>;
  log(pod: string, container: string): Promise<string>;
  /** Waits for an Event of a Pod, given as `Type Reason Message`. */
  recorded(pod: string, event: string): Promise<void>;
}

export function usePodsOnNode(): PodsOnNode {
  const t = {} as PodsOnNode;
  let embedded: EmbeddedKubernetes | undefined;
  beforeAll(async () => {
    if (inject("apiKind") === "embedded") {
      embedded = await startEmbeddedKubernetes({
        listen: { host: "127.0.0.1", port: 0 },
        pods: { images: testImages, retryMs: 50 },
        onError: (error, doing) => process.stderr.write(`could not ${doing}: ${error}\n`),
      });
    }
    t.kube = await open(embedded?.kubeconfig ?? inject("kubeconfig"));
  });
  afterAll(async () => {
    await t.kube?.close();
    await embedded?.stop();
  });
  beforeEach(async () => {
    t.namespace = uniqueName("pods");
    await t.kube.create(namespaces, { apiVersion: "v1", kind: "Namespace", metadata: { name: t.namespace } });
  });
  return Object.assign(t, actions(t));
}

function actions(t: PodsOnNode): Omit<PodsOnNode, "kube" | "namespace"> {
  return {
    create(name, spec, metadata = {}) {
      const pod = { apiVersion: "v1", kind: "Pod", metadata: { name, namespace: t.namespace, ...metadata }, spec };
      // A real API admits Pods only once the namespace has its ServiceAccount.
      return vi.waitFor(() => t.kube.create(podType, pod), deadline);
    },
    until: (name, holds) =>
      vi.waitFor(async () => {
        const pod = await t.kube.get(podType, { namespace: t.namespace, name });
        expect(holds(pod.status ?? {}), JSON.stringify(pod.status)).toBeTruthy();
        return pod;
      }, deadline),
    log: (pod, container) => t.kube.podLog({ namespace: t.namespace, name: pod }, container, 1 << 20),
    recorded: (pod, event) =>
      vi.waitFor(async () => {
        const { items } = await t.kube.list(events, { namespace: t.namespace });
        const own = items.filter(({ involvedObject }) => involvedObject.name === pod);
        expect(own.map(({ type, reason, message }) => `${type} ${reason} ${message}`)).toContain(event);
      }, deadline),
  };
}

export const phase = (wanted: string) => (status: PodStatus) => status.phase === wanted;
export const waitingOf = (status: PodStatus | undefined) => status?.containerStatuses?.[0]?.state.waiting;
export const waiting = (reason: string) => (status: PodStatus) => waitingOf(status)?.reason === reason;

/** The conditions in their order, without times. */
export function conditions({ status }: Pod): string[] {
  return (status?.conditions ?? []).map(({ type, status, reason = "", message = "" }) =>
    `${type}=${status} ${reason} ${message}`.trim(),
  );
}

/** The parts of a container's status that do not differ from run to run. */
export function essence({ name, ready, started, restartCount, state }: ContainerStatus) {
  const reason = state.terminated?.reason ?? state.waiting?.reason ?? "Running";
  return {
    name,
    ready,
    started,
    restartCount,
    reason,
    ...(state.terminated && { exitCode: state.terminated.exitCode }),
  };
}
