import type { EventRecorder } from "../client/events.ts";
import { collections } from "../client/kinds.ts";
import { keyOf, mutate } from "../client/mutate.ts";
import type { Loopback } from "../loopback.ts";
import { nodeLabels, nodeName } from "./node.ts";
import type { Pod } from "./pod.ts";
import { timestamp } from "./pod-status.ts";
import { toCondition } from "./state/conditions.ts";

/** Binds a Pod that has no node to this one; says on it why when its nodeSelector forbids that. */
export async function schedule(loopback: Loopback, events: EventRecorder, pod: Pod): Promise<void> {
  if (!fits(pod)) return refuse(loopback, events, pod);
  const bound = await mutate<Pod>(loopback, {
    resource: collections.pods,
    key: keyOf(pod),
    uid: pod.metadata.uid,
    subresource: "binding",
    change: (current) => (current.spec.nodeName ? undefined : bind(current)),
  });
  if (!bound) return;
  const { namespace, name } = pod.metadata;
  const message = `Successfully assigned ${namespace}/${name} to ${nodeName}`;
  events.record(pod, { type: "Normal", reason: "Scheduled", message });
}

function fits({ spec }: Pod): boolean {
  const labels = nodeLabels();
  return Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
}

function bind(pod: Pod): Pod {
  return {
    ...withCondition(pod, { type: "PodScheduled", status: "True" }),
    spec: { ...pod.spec, nodeName },
  };
}

async function refuse(loopback: Loopback, events: EventRecorder, pod: Pod): Promise<void> {
  const message = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.";
  if (pod.status?.conditions?.some(({ reason }) => reason === "Unschedulable")) return;
  await mutate<Pod>(loopback, {
    resource: collections.pods,
    key: keyOf(pod),
    uid: pod.metadata.uid,
    subresource: "status",
    change: (current) =>
      withCondition(current, { type: "PodScheduled", status: "False", reason: "Unschedulable", message }),
  });
  events.record(pod, { type: "Warning", reason: "FailedScheduling", message });
}

function withCondition(pod: Pod, verdict: Parameters<typeof toCondition>[0]): Pod {
  const previous = pod.status?.conditions ?? [];
  const others = previous.filter(({ type }) => type !== verdict.type);
  const { generation } = pod.metadata;
  const condition = toCondition(verdict, { previous, now: timestamp(new Date()), generation });
  return { ...pod, status: { ...pod.status, conditions: [...others, condition] } };
}
