import type { Pod } from "../pod.ts";
import { type PodPhase, type PodStatus, timestamp } from "../pod-status.ts";
import { podConditions } from "./conditions.ts";
import { type ContainerRecord, newRecord, recoveredRecord, statusOf } from "./container.ts";
import { type ContainerRecords, phaseOf } from "./plan.ts";

/** Why a Pod was ended as a whole, in its status. */
export interface Verdict {
  reason: string;
  message: string;
}

/** What the status of a Pod is derived from, beside its spec. */
export interface PodFacts {
  records: ContainerRecords;
  podIP: string;
  hostIP: string;
  startTime: string;
  volumesReady: boolean;
  /** The Pod is being deleted or was ended: nothing is started any more. */
  stopping: boolean;
  /** Set when the Pod as a whole failed (deadline). */
  failure?: Verdict;
}

/** The records that a Pod begins with: none ran, or what an earlier runner reported. */
export function initialRecords(pod: Pod, now: Date): Map<string, ContainerRecord> {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const hasInit = (pod.spec.initContainers ?? []).length > 0;
  const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  return new Map(
    all.map(({ name }) => {
      const status = statuses.find((s) => s.name === name);
      const fresh = newRecord(hasInit ? "PodInitializing" : "ContainerCreating");
      return [name, status ? recoveredRecord(status, timestamp(now)) : fresh];
    }),
  );
}

/** The whole status of a Pod that this runner executes. */
export function podStatus(pod: Pod, facts: PodFacts, now: Date): PodStatus {
  const { spec } = pod;
  const phase: PodPhase = finalPhase(pod, facts);
  const record = (name: string) => facts.records.get(name) ?? newRecord("ContainerCreating");
  const inits = (spec.initContainers ?? []).map((container) => statusOf(container, record(container.name)));
  const containers = spec.containers.map((container) => statusOf(container, record(container.name)));
  const { generation } = pod.metadata;
  const context = { previous: pod.status?.conditions ?? [], now: timestamp(now), generation };
  return {
    ...(pod.status?.qosClass && { qosClass: pod.status.qosClass }),
    ...(generation !== undefined && { observedGeneration: generation }),
    phase,
    ...facts.failure,
    conditions: podConditions(spec, facts.records, { phase, volumesReady: facts.volumesReady }, context),
    hostIP: facts.hostIP,
    hostIPs: [{ ip: facts.hostIP }],
    podIP: facts.podIP,
    podIPs: [{ ip: facts.podIP }],
    startTime: facts.startTime,
    ...(inits.length > 0 && { initContainerStatuses: inits }),
    containerStatuses: containers.sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function finalPhase(pod: Pod, facts: PodFacts): PodPhase {
  const running = [...facts.records.values()].some(({ state }) => state.running);
  if (facts.failure && !running) return "Failed";
  if (facts.stopping && running) return phaseOf(pod.spec, facts.records, false);
  return phaseOf(pod.spec, facts.records, facts.stopping);
}
