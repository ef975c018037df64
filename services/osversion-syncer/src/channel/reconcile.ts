import { kubeTime, type ManagedOSVersionChannel, type Pod, reasons } from "@elemental/api";
import type { Outcome } from "@elemental/controller";
import { type ChannelConfiguration, readConfiguration } from "./configuration.ts";
import type { ObservedChannel } from "./observe.ts";
import { deletePod, hasOperatorImage, isPodOf, syncPod } from "./pod.ts";
import { podProgress } from "./pod-progress.ts";
import type { ChannelSettings } from "./settings.ts";
import * as status from "./status.ts";
import { succeed } from "./succeed.ts";
import { retire } from "./versions.ts";

/** The one action beside plain writes: failing to create the Pod has a condition reason of its own. */
export interface CreatePod {
  kind: "createPod";
  pod: Pod;
}

export type ChannelOutcome = Outcome<ManagedOSVersionChannel["status"], CreatePod>;

interface Sync extends ObservedChannel {
  configuration: ChannelConfiguration;
  settings: ChannelSettings;
  now: Date;
}

const { disabled, failedToCreatePod, failedToSync, invalidConfiguration, synchronizing } =
  reasons.managedOSVersionChannel;

/** How often a running Pod, and one that is going away, is looked at. */
const runningPollMs = 20_000;
const endingPollMs = 2000;

/** Decides about a channel; resources-and-controllers 2.6.1. */
export function reconcileChannel(observed: ObservedChannel, now: Date, settings: ChannelSettings): ChannelOutcome {
  const { channel } = observed;
  if (channel.metadata.deletionTimestamp) return {};
  const { value: configuration, problem } = readConfiguration(channel.spec);
  if (problem !== undefined) {
    return {
      status: status.withReady(channel, { status: "False", reason: invalidConfiguration, message: problem }, now),
    };
  }
  if (channel.spec?.enabled === false) return disable(observed, now);
  const sync = { ...observed, configuration, settings, now };
  if (isDue(sync)) return begin({ ...sync, channel: status.startedOver(channel) });
  if (status.isReady(channel) || status.hasGivenUp(channel)) return waitForInterval(sync);
  return status.isSynchronizing(channel) ? follow(sync) : retry(sync);
}

function disable({ channel, pod, versions }: ObservedChannel, now: Date): ChannelOutcome {
  return {
    operations: [...retire(channel, versions), ...deletePod(channel, pod)],
    status: status.withReady(channel, { status: "True", reason: disabled, message: "Channel is disabled" }, now),
  };
}

function isDue({ channel, pod, configuration, now }: Sync): boolean {
  if (!status.hasReady(channel) || channel.status?.syncedGeneration !== channel.metadata.generation) return true;
  // A synchronization under way has its own deadline, which may be longer than the interval.
  const isUnderWay = status.isSynchronizing(channel) && isPodOf(channel, pod);
  return !isUnderWay && status.untilNextSync(channel, configuration.intervalMs, now) <= 0;
}

function waitForInterval({ channel, configuration, now }: Sync): ChannelOutcome {
  return { requeueAfterMs: Math.max(status.untilNextSync(channel, configuration.intervalMs, now), 0) };
}

/** Creates the Pod of a new attempt once the one of the last attempt is gone. */
function begin(sync: Sync): ChannelOutcome {
  const { channel, pod, configuration, settings, now } = sync;
  if (pod && isPodOf(channel, pod)) return { operations: deletePod(channel, pod), requeueAfterMs: endingPollMs };
  if (pod)
    return fail(sync, failedToCreatePod, `Pod ${channel.metadata.name} is there already and not of this channel`);
  const { source } = configuration;
  if (source.type === "custom" && !source.image) return fail(sync, failedToCreatePod, "spec.options.image is missing");
  const ready = { status: "False", reason: synchronizing, message: "started synchronization pod" } as const;
  return {
    operations: [{ kind: "external", action: { kind: "createPod", pod: syncPod(channel, source, settings) } }],
    status: { ...status.withReady(channel, ready, now), lastSyncedTime: kubeTime(now) },
    requeueAfterMs: runningPollMs,
  };
}

function retry(sync: Sync): ChannelOutcome {
  const waitMs = status.untilRetry(sync.channel, sync.now);
  return waitMs > 0 ? { requeueAfterMs: waitMs } : begin(sync);
}

function follow(sync: Sync): ChannelOutcome {
  const { channel, pod, settings, now } = sync;
  if (!pod || !isPodOf(channel, pod)) return fail(sync, failedToSync, "the synchronization Pod is gone");
  if (pod.metadata.deletionTimestamp) return { requeueAfterMs: endingPollMs };
  if (!hasOperatorImage(pod, settings)) {
    return { operations: deletePod(channel, pod), status: status.unstarted(channel), requeueAfterMs: endingPollMs };
  }
  const progress = podProgress(sync);
  if (progress.state === "failed") return fail(sync, failedToSync, progress.cause);
  if (progress.state === "succeeded") return finish(sync);
  const ready = { status: "False", reason: synchronizing, message: "ongoing channel synchronization" } as const;
  return { status: status.withReady(channel, ready, now), requeueAfterMs: runningPollMs };
}

function finish(sync: Sync): ChannelOutcome {
  const { channel, pod, configuration, now } = sync;
  const result = succeed(sync, now);
  if (result.cause !== undefined) return fail(sync, failedToSync, result.cause);
  return {
    operations: [...result.operations, ...deletePod(channel, pod)],
    status: status.synchronized(channel, result.message, now),
    events: result.events,
    requeueAfterMs: configuration.intervalMs,
  };
}

/** Counts a failure. It is tried again when its time has come: waiting, not an error of the run. */
function fail({ channel, pod, now }: Sync, reason: status.FailureReason, cause: string): ChannelOutcome {
  const failed = status.failed(channel, { reason, cause }, now);
  return {
    operations: deletePod(channel, pod),
    status: failed,
    events: [{ type: "Warning", reason, message: cause }],
    requeueAfterMs: status.untilRetry({ ...channel, status: failed }, now),
  };
}
