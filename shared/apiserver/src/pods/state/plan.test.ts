import { describe, expect, test } from "vitest";
import type { PodSpec, RestartPolicy } from "../pod.ts";
import { type ContainerRecord, kubeletBackoff, newRecord, started, terminated, waiting } from "./container.ts";
import { phaseOf, planContainers } from "./plan.ts";

const start = Date.parse("2026-01-01T00:00:00Z");
const at = (seconds: number): string => new Date(start + seconds * 1000).toISOString();
const fresh = newRecord("ContainerCreating");
const running = started(fresh, "id", at(0), kubeletBackoff);
const ended = (exitCode: number, record = running, seconds = 1): ContainerRecord =>
  terminated(record, { exitCode, reason: "", startedAt: at(0), finishedAt: at(seconds) }, kubeletBackoff);

function spec(policy: RestartPolicy, inits: number, containers: number): PodSpec {
  const make = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, i) => ({ name: `${prefix}${i}`, image: "x" }));
  return { restartPolicy: policy, initContainers: make("i", inits), containers: make("c", containers) };
}

type Case = [
  policy: RestartPolicy,
  inits: ContainerRecord[],
  containers: ContainerRecord[],
  starts: string,
  phase: string,
];

function judge(policy: RestartPolicy, inits: ContainerRecord[], containers: ContainerRecord[]) {
  const pod = spec(policy, inits.length, containers.length);
  const records = new Map<string, ContainerRecord>([
    ...inits.map((record, i) => [`i${i}`, record] as const),
    ...containers.map((record, i) => [`c${i}`, record] as const),
  ]);
  const plan = planContainers(pod, records, start + 2000);
  const starts = plan.start.map(({ name }) => name).join(" ");
  const waits = plan.backingOff.map(({ container }) => container.name).join(" ");
  return { starts, waits, phase: phaseOf(pod, records, false), stopped: phaseOf(pod, records, true) };
}

describe("without back-off", () => {
  test.each<Case>([
    ["Never", [], [fresh, fresh], "c0 c1", "Pending"],
    ["Never", [fresh, fresh], [fresh], "i0", "Pending"],
    ["Never", [running, fresh], [fresh], "", "Pending"],
    ["Never", [ended(0), fresh], [fresh], "i1", "Pending"],
    ["Never", [ended(0), ended(0)], [fresh], "c0", "Pending"],
    ["Never", [ended(1), fresh], [fresh], "", "Failed"],
    ["OnFailure", [ended(1)], [fresh], "i0", "Pending"],
    ["Always", [ended(0)], [fresh], "c0", "Pending"],
    ["Always", [ended(1)], [fresh], "i0", "Pending"],
    ["Never", [], [running, fresh], "c1", "Pending"],
    ["Never", [], [running, running], "", "Running"],
    ["Never", [], [running, ended(1)], "", "Running"],
    ["Never", [], [ended(0), ended(0)], "", "Succeeded"],
    ["Never", [], [ended(0), ended(1)], "", "Failed"],
    ["OnFailure", [], [ended(0), ended(1)], "c1", "Running"],
    ["OnFailure", [], [ended(0), ended(0)], "", "Succeeded"],
    ["Always", [], [ended(0)], "c0", "Running"],
    ["Always", [], [waiting(ended(1), "ErrImagePull")], "c0", "Running"],
  ])("restartPolicy %s, case %#", (...[policy, inits, containers, starts, phase]) => {
    expect(judge(policy, inits, containers)).toMatchObject({ starts, waits: "", phase });
  });
});

test.each<[what: string, containers: ContainerRecord[], phase: string]>([
  ["never ran", [fresh], "Failed"],
  ["succeeded although it would be restarted", [ended(0)], "Succeeded"],
  ["failed although it would be restarted", [ended(1)], "Failed"],
])("a Pod that is stopped and whose container %s", (_what, containers, phase) => {
  expect(judge("Always", [], containers).stopped).toBe(phase);
});

test("restarts are delayed by 0, 10, 20, 40, 80, 160, 300, 300 seconds, and anew after a run of ten minutes", () => {
  const delays: number[] = [];
  let record = running;
  for (let i = 0; i < 8; i++) {
    record = ended(1, record);
    delays.push(record.restartDelayMs / 1000);
    record = started(record, "id", at(0), kubeletBackoff);
  }
  expect(delays).toEqual([0, 10, 20, 40, 80, 160, 300, 300]);
  expect(record.restartCount).toBe(8);
  expect(ended(1, record, 600).restartDelayMs).toBe(0);
});

test("a container waits for its restart until the delay after its end is over", () => {
  const crashed = ended(1, started(ended(1), "id", at(0), kubeletBackoff));
  const pod = spec("Always", 0, 1);
  const plan = planContainers(pod, new Map([["c0", crashed]]), start + 10_999);
  expect(plan).toMatchObject({ start: [], backingOff: [{ delayMs: 10_000, until: start + 11_000 }] });
  expect(planContainers(pod, new Map([["c0", crashed]]), start + 11_000).start).toHaveLength(1);
});
