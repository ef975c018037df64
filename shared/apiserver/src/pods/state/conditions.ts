import type { PodSpec } from "../pod.ts";
import type { PodCondition, PodPhase } from "../pod-status.ts";
import { type ContainerRecords, incompleteInits } from "./plan.ts";

interface Verdict {
  type: string;
  status: "True" | "False";
  reason?: string;
  message?: string;
}

/**
 * The conditions of a Pod in the kubelet's order. The transition time of one changes only when its status flips;
 * PodScheduled is kept as it was.
 */
export function podConditions(
  spec: PodSpec,
  records: ContainerRecords,
  { phase, volumesReady }: { phase: PodPhase; volumesReady: boolean },
  { previous, now }: { previous: readonly PodCondition[]; now: string },
): PodCondition[] {
  const containers = readiness(spec, records, phase);
  const verdicts: Verdict[] = [
    { type: "PodReadyToStartContainers", status: volumesReady ? "True" : "False" },
    { type: "Initialized", ...initialized(spec, records, phase) },
    { type: "Ready", ...containers },
    { type: "ContainersReady", ...containers },
  ];
  const kept = previous.filter(({ type }) => verdicts.every((verdict) => verdict.type !== type));
  return [...verdicts.map((verdict) => toCondition(verdict, previous, now)), ...kept];
}

/** A condition whose transition time is that of the previous one of its type while the status stays. */
export function toCondition(verdict: Verdict, previous: readonly PodCondition[], now: string): PodCondition {
  const before = previous.find(({ type, status }) => type === verdict.type && status === verdict.status);
  return { lastProbeTime: null, lastTransitionTime: before?.lastTransitionTime ?? now, ...verdict };
}

function initialized(spec: PodSpec, records: ContainerRecords, phase: PodPhase): Omit<Verdict, "type"> {
  const incomplete = incompleteInits(spec, records);
  if (incomplete.length > 0) {
    return {
      status: "False",
      reason: "ContainersNotInitialized",
      message: `containers with incomplete status: [${incomplete.join(" ")}]`,
    };
  }
  return { status: "True", ...(phase === "Succeeded" && { reason: "PodCompleted" }) };
}

function readiness(spec: PodSpec, records: ContainerRecords, phase: PodPhase): Omit<Verdict, "type"> {
  if (phase === "Succeeded") return { status: "False", reason: "PodCompleted" };
  if (phase === "Failed") return { status: "False", reason: "PodFailed" };
  const unready = spec.containers.map(({ name }) => name).filter((name) => !records.get(name)?.ready);
  if (unready.length === 0) return { status: "True" };
  return {
    status: "False",
    reason: "ContainersNotReady",
    message: `containers with unready status: [${unready.join(" ")}]`,
  };
}
