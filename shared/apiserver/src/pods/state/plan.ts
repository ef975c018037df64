import { type Container, type PodSpec, restartPolicy } from "../pod.ts";
import type { PodPhase } from "../pod-status.ts";
import { type ContainerRecord, endOf, restarts } from "./container.ts";

export type ContainerRecords = ReadonlyMap<string, ContainerRecord>;

/** What is to be done for the containers of a Pod that is neither finished nor being deleted. */
export interface PodPlan {
  /** Containers that may be started now. */
  start: Container[];
  /** Containers that ended and wait for their restart, with the time they may be started at. */
  backingOff: { container: Container; delayMs: number; until: number }[];
}

/** Init containers one after the other, each until it succeeded; then all others. `now` is in ms since the epoch. */
export function planContainers(spec: PodSpec, records: ContainerRecords, now: number): PodPlan {
  const init = nextInit(spec, records);
  if (init === "failed") return { start: [], backingOff: [] };
  const candidates = init ? [init] : spec.containers;
  const plan: PodPlan = { start: [], backingOff: [] };
  for (const container of candidates) {
    const record = records.get(container.name);
    if (!record || record.state.running) continue;
    const end = endOf(record);
    if (end && !restarts(end, restartPolicy(spec), container === init)) continue;
    const until = end ? Date.parse(end.finishedAt) + record.restartDelayMs : 0;
    if (until <= now) plan.start.push(container);
    else plan.backingOff.push({ container, delayMs: record.restartDelayMs, until });
  }
  return plan;
}

/** The init container that has to run next; `failed` when one failed for good. */
function nextInit(spec: PodSpec, records: ContainerRecords): Container | "failed" | undefined {
  const container = spec.initContainers?.find((c) => records.get(c.name)?.state.terminated?.exitCode !== 0);
  if (!container) return undefined;
  const end = records.get(container.name)?.state.terminated;
  return end && !restarts(end, restartPolicy(spec), true) ? "failed" : container;
}

/** The names of init containers that did not succeed yet. */
export function incompleteInits(spec: PodSpec, records: ContainerRecords): string[] {
  const inits = spec.initContainers ?? [];
  return inits.map(({ name }) => name).filter((name) => records.get(name)?.state.terminated?.exitCode !== 0);
}

/** The Pod's phase. `stopping`: no container is started any more (deletion), so what has ended counts as final. */
export function phaseOf(spec: PodSpec, records: ContainerRecords, stopping: boolean): PodPhase {
  if (nextInit(spec, records) === "failed") return "Failed";
  const states = spec.containers.map(({ name }) => records.get(name));
  const ends = states.map((record) => record && endOf(record));
  if (states.some((record) => record?.state.running)) {
    return ends.every((end, i) => end || states[i]?.state.running) ? "Running" : "Pending";
  }
  if (ends.some((end) => end === undefined)) return stopping ? "Failed" : "Pending";
  const policy = restartPolicy(spec);
  if (!stopping && ends.some((end) => end && restarts(end, policy, false))) return "Running";
  return ends.every((end) => end?.exitCode === 0) ? "Succeeded" : "Failed";
}
