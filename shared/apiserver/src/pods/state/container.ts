import type { Container, RestartPolicy } from "../pod.ts";
import type { ContainerState, ContainerStatus, Terminated } from "../pod-status.ts";

/** What the runner knows about one container; its status is derived from it. */
export interface ContainerRecord {
  state: ContainerState;
  lastState: ContainerState;
  restartCount: number;
  ready: boolean;
  containerID?: string;
  /** How long to wait after the next exit before starting again. */
  restartDelayMs: number;
}

/** Delays between restarts: none, then `initialMs`, doubling up to `maxMs`; anew after a run of `resetMs`. */
export interface Backoff {
  initialMs: number;
  maxMs: number;
  resetMs: number;
}

/** As the kubelet waits before it restarts a container or pulls an image again. */
export const kubeletBackoff: Backoff = { initialMs: 10_000, maxMs: 300_000, resetMs: 600_000 };

export function newRecord(waitingReason: string): ContainerRecord {
  return {
    state: { waiting: { reason: waitingReason } },
    lastState: {},
    restartCount: 0,
    ready: false,
    restartDelayMs: 0,
  };
}

/** The record of a container that another runner left: what still ran then is gone. */
export function recoveredRecord(status: ContainerStatus, now: string): ContainerRecord {
  const { restartCount, lastState, containerID } = status;
  const state: ContainerState = status.state.running
    ? {
        terminated: {
          exitCode: 137,
          reason: "ContainerStatusUnknown",
          message: "The container could not be located when the pod was terminated",
          startedAt: status.state.running.startedAt,
          finishedAt: now,
        },
      }
    : status.state;
  const ready = state.terminated?.exitCode === 0 && status.ready;
  return { state, lastState, restartCount, ready, ...(containerID && { containerID }), restartDelayMs: 0 };
}

/** The record once the container runs. A container that ran before is restarted. */
export function started(
  record: ContainerRecord,
  containerID: string,
  startedAt: string,
  backoff: Backoff,
): ContainerRecord {
  const previous = record.state.terminated ?? record.lastState.terminated;
  return {
    state: { running: { startedAt } },
    lastState: previous ? { terminated: previous } : {},
    restartCount: previous ? record.restartCount + 1 : record.restartCount,
    ready: false,
    containerID,
    restartDelayMs: previous ? nextDelay(record.restartDelayMs, backoff) : 0,
  };
}

/** The record once the container has ended. */
export function terminated(record: ContainerRecord, end: Terminated, backoff: Backoff): ContainerRecord {
  const ranMs = Date.parse(end.finishedAt) - Date.parse(end.startedAt);
  return {
    ...record,
    state: { terminated: end },
    ready: false,
    restartDelayMs: ranMs >= backoff.resetMs ? 0 : record.restartDelayMs,
  };
}

/** The record while the container cannot be started; how it ended before stays visible in lastState. */
export function waiting(record: ContainerRecord, reason: string, message?: string): ContainerRecord {
  const ended = record.state.terminated;
  return {
    ...record,
    state: { waiting: { reason, ...(message && { message }) } },
    lastState: ended ? { terminated: ended } : record.lastState,
    ready: false,
  };
}

export function nextDelay(delayMs: number, { initialMs, maxMs }: Pick<Backoff, "initialMs" | "maxMs">): number {
  return delayMs === 0 ? initialMs : Math.min(delayMs * 2, maxMs);
}

/** How the container ended last, when it does not run now. */
export function endOf(record: ContainerRecord): Terminated | undefined {
  if (record.state.running) return undefined;
  return record.state.terminated ?? record.lastState.terminated;
}

/** Whether a container that ended like this is to be started again. */
export function restarts(end: Terminated, policy: RestartPolicy, isInit: boolean): boolean {
  if (end.exitCode === 0 && isInit) return false;
  return policy === "Always" || (policy === "OnFailure" && end.exitCode !== 0);
}

export function statusOf({ name, image }: Container, record: ContainerRecord): ContainerStatus {
  return {
    name,
    image,
    imageID: record.containerID ? `local://${image}` : "",
    ...(record.containerID && { containerID: record.containerID }),
    ready: record.ready,
    started: record.state.running !== undefined,
    restartCount: record.restartCount,
    state: record.state,
    lastState: record.lastState,
  };
}
