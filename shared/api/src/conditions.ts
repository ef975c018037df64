import type { Condition } from "./meta.ts";
import { conditionTypes } from "./names/conditions.ts";

/** What a controller decides about a condition; the rest follows from the object and the time. */
export interface ConditionInput {
  type: string;
  status: Condition["status"];
  reason: string;
  /** Default: empty. */
  message?: string;
}

/** When a condition was decided, and for which generation of the object. */
export interface ConditionContext {
  now: Date;
  generation: number | undefined;
}

const maxMessageLength = 32_768;

/** `time` in RFC 3339 with seconds, as conditions and other Kubernetes times have it. */
export function kubeTime(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

/**
 * The conditions with `input` in place of the entry of its type. The transition time changes only when the status
 * does; others keep their order and `Ready` comes last.
 */
export function setCondition(
  conditions: readonly Condition[] | undefined,
  input: ConditionInput,
  context: ConditionContext,
): Condition[] {
  const list = [...(conditions ?? [])];
  const index = list.findIndex((condition) => condition.type === input.type);
  const condition = renew(list[index], input, context);
  if (index < 0) list.push(condition);
  else list[index] = condition;
  return list.toSorted((a, b) => rank(a) - rank(b));
}

function renew(previous: Condition | undefined, input: ConditionInput, context: ConditionContext): Condition {
  const kept = previous?.status === input.status ? previous.lastTransitionTime : undefined;
  return {
    type: input.type,
    status: input.status,
    reason: input.reason,
    message: (input.message ?? "").slice(0, maxMessageLength),
    lastTransitionTime: kept || kubeTime(context.now),
    ...(context.generation === undefined ? {} : { observedGeneration: context.generation }),
  };
}

const rank = (condition: Condition) => (condition.type === conditionTypes.ready ? 1 : 0);

export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Whether the condition is there and `True`. */
export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === "True";
}

/** Drops conditions that the API server would refuse in an update: those without type, status, reason or time. */
export function pruneInvalid(conditions: readonly Partial<Condition>[] | undefined): Condition[] {
  return (conditions ?? []).filter(isComplete).map((condition) => ({ ...condition, message: condition.message ?? "" }));
}

function isComplete(condition: Partial<Condition>): condition is Condition {
  return Boolean(condition.type && condition.status && condition.reason && condition.lastTransitionTime);
}
