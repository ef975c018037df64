import {
  controllerOf,
  labels,
  type ManagedOSVersionChannel,
  managedOSVersionChannels,
  type Pod,
  pods,
  reasons,
} from "@elemental/api";
import type { Controller, Source } from "@elemental/controller";
import type { Kube } from "@elemental/kube";
import { type ObservedChannel, observeChannel } from "./observe.ts";
import { type CreatePod, reconcileChannel } from "./reconcile.ts";
import type { ChannelSettings } from "./settings.ts";
import * as status from "./status.ts";

export const channelControllerName = "managed-os-version-channel";

/** The synchronization Pod could not be created. */
class PodCreationError extends Error {
  override readonly name = "PodCreationError";
  readonly code = "PodCreation";
}

const podSource: Source<Pod> = {
  type: pods,
  labelSelector: `${labels.managed}=true`,
  keysFor({ previous, current }) {
    const pod = current ?? previous;
    const owner = pod && controllerOf(pod);
    if (owner?.kind !== managedOSVersionChannels.kind) return [];
    if (previous && current && previous.status?.phase === current.status?.phase) return [];
    return [{ namespace: pod?.metadata.namespace ?? "", name: owner.name }];
  },
};

/** Keeps ManagedOSVersions in sync with their channels; resources-and-controllers 2.6. */
export function channelController(
  kube: Kube,
  settings: ChannelSettings,
): Controller<ManagedOSVersionChannel, ObservedChannel, CreatePod> {
  return {
    name: channelControllerName,
    type: managedOSVersionChannels,
    sources: [podSource],
    relevant: (previous, current) => previous.metadata.generation !== current.metadata.generation,
    observe: (channel) => observeChannel(kube, channel),
    reconcile: (observed, now) => reconcileChannel(observed, now, settings),
    failed: failedStatus,
    async perform({ pod }) {
      try {
        await kube.create(pods, pod);
      } catch (cause) {
        throw new PodCreationError(cause instanceof Error ? cause.message : String(cause), { cause });
      }
    },
  };
}

/** A failure while versions are written ends the attempt; any other one says nothing about the channel. */
function failedStatus(channel: ManagedOSVersionChannel, error: Error, now: Date): ManagedOSVersionChannel["status"] {
  const { failedToCreatePod, failedToSync } = reasons.managedOSVersionChannel;
  if (error instanceof PodCreationError) {
    return status.failed(status.atAttempt(channel), { reason: failedToCreatePod, cause: error.message }, now);
  }
  if (!status.isSynchronizing(channel)) return channel.status;
  return status.failed(channel, { reason: failedToSync, cause: error.message }, now);
}
