import {
  type Condition,
  conditionTypes,
  findCondition,
  kubeTime,
  type ManagedOSVersionChannel,
  pruneInvalid,
  reasons,
  setCondition,
} from "@elemental/api";

export type ChannelStatus = NonNullable<ManagedOSVersionChannel["status"]>;

const channelReasons = reasons.managedOSVersionChannel;

/** After that many failures in a row the channel is left alone until its interval has passed. */
const maxFailures = 5;

const firstRetryMs = 4000;

const failureTexts = {
  [channelReasons.failedToSync]: "failed channel synchronization",
  [channelReasons.failedToCreatePod]: "failed creating synchronization pod",
} as const;

export type FailureReason = keyof typeof failureTexts;

/** The status with another `Ready` condition. */
export function withReady(
  channel: ManagedOSVersionChannel,
  ready: { status: Condition["status"]; reason: string; message: string },
  now: Date,
): ChannelStatus {
  const { generation } = channel.metadata;
  const conditions = pruneInvalid(channel.status?.conditions);
  return {
    ...channel.status,
    conditions: setCondition(conditions, { type: conditionTypes.ready, ...ready }, { now, generation }),
  };
}

export function synchronized(channel: ManagedOSVersionChannel, message: string, now: Date): ChannelStatus {
  return {
    ...withReady(channel, { status: "True", reason: channelReasons.synchronized, message }, now),
    lastSyncedTime: kubeTime(now),
    failedSynchronizationAttempts: 0,
  };
}

/** One more failure, at `now`. */
export function failed(
  channel: ManagedOSVersionChannel,
  failure: { reason: FailureReason; cause: string },
  now: Date,
): ChannelStatus {
  const { reason, cause } = failure;
  return {
    ...withReady(channel, { status: "False", reason, message: `${failureTexts[reason]}: ${cause}` }, now),
    lastSyncedTime: kubeTime(now),
    failedSynchronizationAttempts: failuresOf(channel) + 1,
  };
}

/** The channel at the start of the first attempt for its generation or its interval. */
export function startedOver(channel: ManagedOSVersionChannel): ManagedOSVersionChannel {
  const syncedGeneration = channel.metadata.generation;
  return { ...channel, status: { ...channel.status, failedSynchronizationAttempts: 0, syncedGeneration } };
}

/** The channel as an attempt made now sees it: started over when its last attempts say nothing about this one. */
export function atAttempt(channel: ManagedOSVersionChannel): ManagedOSVersionChannel {
  const isFirst = hasGivenUp(channel) || channel.status?.syncedGeneration !== channel.metadata.generation;
  return isFirst ? startedOver(channel) : channel;
}

/** Forgets that a synchronization was started, so that it is due again. */
export function unstarted(channel: ManagedOSVersionChannel): ChannelStatus {
  const { syncedGeneration: _, ...status } = channel.status ?? {};
  return status;
}

export function hasReady(channel: ManagedOSVersionChannel): boolean {
  return readyOf(channel) !== undefined;
}

export function isReady(channel: ManagedOSVersionChannel): boolean {
  return readyOf(channel)?.status === "True";
}

export function isSynchronizing(channel: ManagedOSVersionChannel): boolean {
  return readyOf(channel)?.reason === channelReasons.synchronizing;
}

export function hasGivenUp(channel: ManagedOSVersionChannel): boolean {
  return failuresOf(channel) >= maxFailures;
}

/** Milliseconds until the next regular synchronization is due; not positive when it is. */
export function untilNextSync(channel: ManagedOSVersionChannel, intervalMs: number, now: Date): number {
  const last = lastAttempt(channel);
  return last === undefined ? 0 : last + intervalMs - now.getTime();
}

/** Milliseconds until a failed attempt is repeated: 4 s after the first failure, doubled with each one in a row. */
export function untilRetry(channel: ManagedOSVersionChannel, now: Date): number {
  return untilNextSync(channel, firstRetryMs * 2 ** Math.max(failuresOf(channel) - 1, 0), now);
}

/** How long the current attempt has been going on, in milliseconds. */
export function sinceStart(channel: ManagedOSVersionChannel, now: Date): number {
  return now.getTime() - (lastAttempt(channel) ?? now.getTime());
}

function lastAttempt(channel: ManagedOSVersionChannel): number | undefined {
  const time = Date.parse(channel.status?.lastSyncedTime ?? "");
  return Number.isNaN(time) ? undefined : time;
}

function readyOf(channel: ManagedOSVersionChannel): Condition | undefined {
  return findCondition(pruneInvalid(channel.status?.conditions), conditionTypes.ready);
}

function failuresOf(channel: ManagedOSVersionChannel): number {
  return channel.status?.failedSynchronizationAttempts ?? 0;
}
