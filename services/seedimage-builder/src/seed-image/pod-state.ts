import type { ConditionInput } from "@elemental/api";
import { type ContainerStatus, type Pod, reasons } from "@elemental/api";
import { serveName } from "../objects/containers.ts";
import { seedImageReady } from "./conditions.ts";

const { seedImage } = reasons;
const longestDetail = 500;

/**
 * Whether the image can be downloaded. That no status of the container is known says nothing: the phase decides then.
 */
export function isServing({ status }: Pod): boolean {
  const serve = status?.containerStatuses?.find(({ name }) => name === serveName);
  return status?.phase === "Running" && serve?.ready !== false;
}

/** What a Pod that is building, or failed, says about the image; resources-and-controllers 2.5.1. */
export function unfinished(pod: Pod): ConditionInput {
  const phase = pod.status?.phase ?? "Pending";
  if (phase === "Pending" || phase === "Running") {
    return seedImageReady("False", seedImage.buildOngoing, withDetail("seed image build ongoing", obstacle(pod)));
  }
  if (phase === "Failed") {
    return seedImageReady("False", seedImage.buildFailure, withDetail("pod failed", causeOfFailure(pod)));
  }
  return seedImageReady("Unknown", seedImage.buildUnknown, `pod phase ${phase}`);
}

function withDetail(message: string, detail: string | undefined): string {
  return detail ? `${message}: ${detail.slice(0, longestDetail)}` : message;
}

function containers({ status }: Pod): ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

/** Why a container does not start; that it waits for its turn is no obstacle. */
function obstacle(pod: Pod): string | undefined {
  for (const { name, state } of containers(pod)) {
    const { reason = "", message } = state?.waiting ?? {};
    if (/^(Err|Invalid|Create.*Error|.*BackOff)/.test(reason)) return `container ${name}: ${message ?? reason}`;
  }
  return undefined;
}

/** The last line of the container that failed, which our own programs make the reason, or the Pod's own message. */
function causeOfFailure(pod: Pod): string | undefined {
  for (const { name, state } of containers(pod)) {
    const { exitCode = 0, reason, message } = state?.terminated ?? {};
    if (exitCode === 0) continue;
    const lastLine = message
      ?.trim()
      .split("\n")
      .at(-1)
      ?.replace(/^error: /, "");
    return `container ${name}: ${lastLine || reason || `exit code ${exitCode}`}`;
  }
  return pod.status?.message ?? pod.status?.reason;
}
