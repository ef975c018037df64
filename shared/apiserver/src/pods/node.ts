import { arch, cpus, platform, release, totalmem } from "node:os";
import type { KubeObject } from "@elemental/api";
import { collections } from "../client/kinds.ts";
import { ensure, mutate } from "../client/mutate.ts";
import type { Loopback } from "../loopback.ts";
import { hostAddress } from "./addresses.ts";
import { timestamp } from "./pod-status.ts";

/** The name of the only node: this machine. */
export const nodeName = "standalone";

const leaseNamespace = "kube-node-lease";
// As on a real node; a Lease is renewed several times before it runs out.
const leaseSeconds = 40;
const renewMs = 10_000;

/** Labels that a nodeSelector can ask for. */
export function nodeLabels(): Record<string, string> {
  return {
    "kubernetes.io/hostname": nodeName,
    "kubernetes.io/os": platform(),
    "kubernetes.io/arch": arch() === "x64" ? "amd64" : arch(),
  };
}

/** Registers the Node and keeps its Lease; returns the end of that. */
export async function keepNode(loopback: Loopback, onError: (error: unknown) => void): Promise<() => void> {
  const metadata = { name: nodeName, labels: nodeLabels() };
  await ensure(loopback, collections.nodes, { apiVersion: "v1", kind: "Node", metadata });
  await mutate<KubeObject>(loopback, {
    resource: collections.nodes,
    key: { namespace: "", name: nodeName },
    subresource: "status",
    change: (node) => ({ ...node, status: nodeStatus(new Date()) }),
  });
  await renewLease(loopback);
  const timer = setInterval(() => renewLease(loopback).catch(onError), renewMs);
  return () => clearInterval(timer);
}

async function renewLease(loopback: Loopback): Promise<void> {
  const key = { namespace: leaseNamespace, name: nodeName };
  const spec = {
    holderIdentity: nodeName,
    leaseDurationSeconds: leaseSeconds,
    renewTime: new Date().toISOString().replace("Z", "000Z"),
  };
  const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: key, spec };
  const renewed = await mutate<KubeObject>(loopback, {
    resource: collections.leases,
    key,
    change: (current) => ({ ...current, spec }),
  });
  if (!renewed) await ensure(loopback, collections.leases, lease);
}

function nodeStatus(now: Date) {
  const capacity = { cpu: String(cpus().length), memory: `${Math.floor(totalmem() / 1024)}Ki`, pods: "110" };
  const times = { lastHeartbeatTime: timestamp(now), lastTransitionTime: timestamp(now) };
  return {
    addresses: [
      { type: "InternalIP", address: hostAddress },
      { type: "Hostname", address: nodeName },
    ],
    capacity,
    allocatable: capacity,
    conditions: [
      { type: "Ready", status: "True", reason: "PodRunnerReady", message: "Pods run as local processes", ...times },
    ],
    nodeInfo: {
      architecture: nodeLabels()["kubernetes.io/arch"],
      operatingSystem: platform(),
      osImage: platform(),
      kernelVersion: release(),
      kubeletVersion: "embedded",
      kubeProxyVersion: "",
      containerRuntimeVersion: "process://1",
      machineID: "",
      systemUUID: "",
      bootID: "",
    },
  };
}
