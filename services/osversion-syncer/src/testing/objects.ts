import {
  type Condition,
  controllerOwnerReference,
  labels,
  type ManagedOSImage,
  type ManagedOSVersion,
  type ManagedOSVersionChannel,
  managedOSVersionChannels,
  type Pod,
  type PodPhase,
} from "@elemental/api";
import { syncPod } from "../channel/pod.ts";

export const now = new Date("2026-03-01T12:00:00Z");
export const settings = { operatorImage: "registry.example/operator:1", proxyEnv: {} };

/** RFC 3339 time so many seconds before `now`. */
export function secondsAgo(seconds: number): string {
  return new Date(now.getTime() - seconds * 1000).toISOString().replace(".000Z", "Z");
}

export function ready(status: Condition["status"], reason: string, message = ""): Condition {
  return { type: "Ready", status, reason, message, lastTransitionTime: secondsAgo(600), observedGeneration: 1 };
}

type ChannelStatus = ManagedOSVersionChannel["status"];

/** A json channel of generation 1 with API defaults; `spec` and `status` are merged in. */
export function channel(spec: ManagedOSVersionChannel["spec"] = {}, status?: ChannelStatus): ManagedOSVersionChannel {
  return {
    apiVersion: "elemental.cattle.io/v1beta1",
    kind: "ManagedOSVersionChannel",
    metadata: { namespace: "fleet-default", name: "stable", uid: "channel-uid", generation: 1 },
    spec: {
      type: "json",
      syncInterval: "1h",
      enabled: true,
      deleteNoLongerInSyncVersions: false,
      options: { uri: "https://example.com/list.json" },
      ...spec,
    },
    ...(status ? { status } : {}),
  };
}

/** A channel whose synchronization Pod was created `seconds` ago. */
export function synchronizing(seconds: number, failures = 0, spec: ManagedOSVersionChannel["spec"] = {}) {
  return channel(spec, {
    conditions: [ready("False", "Synchronizing", "ongoing channel synchronization")],
    lastSyncedTime: secondsAgo(seconds),
    failedSynchronizationAttempts: failures,
    syncedGeneration: 1,
  });
}

/** The channel's own Pod in a phase. */
export function podOf(owner: ManagedOSVersionChannel, phase: PodPhase): Pod {
  const source = { type: "json", uri: "x", mountPath: "/data", outputFile: "/data/output" } as const;
  const pod = syncPod(owner, source, settings);
  return { ...pod, metadata: { ...pod.metadata, uid: "pod-uid" }, status: { phase } };
}

/** A version that the channel synced an hour ago. */
export function versionOf(owner: ManagedOSVersionChannel, name: string): ManagedOSVersion {
  return {
    apiVersion: "elemental.cattle.io/v1beta1",
    kind: "ManagedOSVersion",
    metadata: {
      namespace: "fleet-default",
      name,
      uid: `${name}-uid`,
      labels: { [labels.channel]: owner.metadata.name },
      annotations: { "elemental.cattle.io/channel-last-sync": secondsAgo(3600) },
      ownerReferences: [controllerOwnerReference(owner, managedOSVersionChannels)],
    },
    spec: { version: name, type: "container", metadata: { upgradeImage: `r.example/os:${name}` } },
  };
}

/** An image of the workspace fleet-default, as the API server defaults it. */
export function osImage(
  spec: ManagedOSImage["spec"] = {},
  metadata: Partial<ManagedOSImage["metadata"]> = {},
): ManagedOSImage {
  return {
    apiVersion: "elemental.cattle.io/v1beta1",
    kind: "ManagedOSImage",
    metadata: { namespace: "fleet-default", name: "upgrade", uid: "image-uid", generation: 1, ...metadata },
    spec,
  };
}
