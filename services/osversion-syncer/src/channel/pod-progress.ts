import type { ContainerStatus, Pod } from "@elemental/api";
import type { ObservedChannel } from "./observe.ts";
import { syncDeadlineMs } from "./pod.ts";
import { sinceStart } from "./status.ts";

export type PodProgress = { state: "running" | "succeeded" } | { state: "failed"; cause: string };

/** How far the synchronization Pod is; one that takes too long has failed, whatever its phase. */
export function podProgress({ channel, pod, failureLog, now }: ObservedChannel & { now: Date }): PodProgress {
  const phase = pod?.status?.phase ?? "Pending";
  if (phase === "Succeeded") return { state: "succeeded" };
  if (phase === "Failed") return { state: "failed", cause: failureLog || failureOf(pod) };
  if (phase === "Unknown") return { state: "failed", cause: "the node of the synchronization Pod does not answer" };
  if (sinceStart(channel, now) < syncDeadlineMs) return { state: "running" };
  return { state: "failed", cause: `not finished after ${syncDeadlineMs / 60_000} minutes${waitingFor(pod)}` };
}

function failureOf(pod: Pod | undefined): string {
  const { reason, message } = pod?.status ?? {};
  if (reason) return message ? `${reason}: ${message}` : reason;
  for (const { name, state } of statuses(pod)) {
    const ended = state?.terminated;
    if (ended && ended.exitCode !== 0) return `container ${name} ended with exit code ${ended.exitCode}`;
  }
  return "the synchronization Pod failed";
}

function waitingFor(pod: Pod | undefined): string {
  const waiting = statuses(pod).find(({ state }) => state?.waiting?.reason);
  const { reason, message } = waiting?.state?.waiting ?? {};
  if (!waiting || !reason) return "";
  return `: container ${waiting.name} waits: ${reason}${message ? ` (${message})` : ""}`;
}

function statuses(pod: Pod | undefined): ContainerStatus[] {
  return [...(pod?.status?.initContainerStatuses ?? []), ...(pod?.status?.containerStatuses ?? [])];
}
