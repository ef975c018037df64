import type { PodSpec } from "../pod.ts";
import type { PodCondition, PodPhase } from "../pod-status.ts";
import { type ContainerRecords, incompleteInits } from "./plan.ts";

export interface ConditionContext {
  previous: readonly PodCondition[];
  now: string;
  /** Of the Pod. */
  generation: number | undefined;
}

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
  context: ConditionContext,
): PodCondition[] {
  const containers = readiness(spec, records, phase);
  const verdicts: Verdict[] = [
    { type: "PodReadyToStartContainers", status: volumesReady && !isOver(phase) ? "True" : "False" },
    { type: "Initialized", ...initialized(spec, records, phase) },
    { type: "Ready", ...containers },
    { type: "ContainersReady", ...containers },
  ];
  const others = context.previous.filter(({ type }) => verdicts.every((verdict) => verdict.type !== type));
  const kept = others.map((condition) => ({ ...condition, ...observed(context) }));
  return [...verdicts.map((verdict) => toCondition(verdict, context)), ...kept];
}

/** A condition whose transition time is that of the previous one of its type while the status stays. */
export function toCondition(verdict: Verdict, context: ConditionContext): PodCondition {
  const before = context.previous.find(({ type, status }) => type === verdict.type && status === verdict.status);
  const lastTransitionTime = before?.lastTransitionTime ?? context.now;
  return { lastTransitionTime, ...observed(context), ...verdict };
}

function observed({ generation }: ConditionContext) {
  return generation === undefined ? {} : { observedGeneration: generation };
}

function isOver(phase: PodPhase): boolean {
  return phase === "Succeeded" || phase === "Failed";
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
