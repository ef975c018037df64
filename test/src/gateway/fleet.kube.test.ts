import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { connectToCluster, type TestCluster } from "../kube/index.ts";
import { FollowingAgent } from "./agent.ts";
import { createFleet, type FleetMachine, type Replica, startDoorBefore, startReplica, writePlans } from "./system.ts";

const size = 1000;
const sample = 50;
const patience = 300_000;
const eventually = { timeout: patience, interval: 100 };

let cluster: TestCluster;
let namespace: string;
let machines: FleetMachine[];
const replicas: Replica[] = [];
const agents: FollowingAgent[] = [];
const seenAt = new Map<string, number>();
let door: Awaited<ReturnType<typeof startDoorBefore>>;

beforeAll(async () => {
  const kubeconfig = inject("kubeconfig");
  cluster = await connectToCluster(kubeconfig);
  namespace = await cluster.createNamespace();
  replicas.push(await startReplica(kubeconfig));
  machines = await createFleet(
    cluster.kube,
    namespace,
    Array.from({ length: size }, (_, index) => `m${index}`),
  );
  door = await startDoorBefore(kubeconfig, replicas);
}, patience);
afterAll(async () => {
  for (const agent of agents) agent.stop();
  await door?.stop();
  for (const replica of replicas) await replica.kill();
  await cluster?.close();
});

test("GW-10 1,000 watches cost the API server none, and a change of plan reaches its machine and no other", {
  timeout: patience,
}, async () => {
  const [replica] = replicas;
  const before = replica?.secretReads() ?? 0;
  const base = `http://127.0.0.1:${door.port}/elemental/agent`;
  for (const machine of machines) {
    const onPlan = (plan: string) => seenAt.set(`${machine.name} ${plan}`, performance.now());
    agents.push(new FollowingAgent(base, namespace, machine, onPlan));
  }
  await vi.waitFor(() => expect(agents.filter(({ plans }) => plans.length === 1)).toHaveLength(size), eventually);
  expect((replica?.secretReads() ?? 0) - before).toBe(0);
  const latencies: number[] = [];
  for (const machine of machines.slice(0, sample)) {
    const began = performance.now();
    await writePlans(cluster.kube, namespace, [machine], "first");
    await vi.waitFor(() => expect(seenAt.has(`${machine.name} first`)).toBe(true), { timeout: 20_000, interval: 1 });
    latencies.push((seenAt.get(`${machine.name} first`) ?? 0) - began);
  }
  const median = latencies.toSorted((a, b) => a - b)[sample / 2] ?? 0;
  process.stdout.write(`GW-10 a plan reaches its machine within ${median.toFixed(0)} ms (median of ${sample})\n`);
  expect(agents.filter(({ plans }) => plans.includes("first"))).toHaveLength(sample);
});

test("GW-9 a replica is killed with 1,000 agents connected: all come back, spread over time, and miss no change", {
  timeout: patience,
}, async () => {
  const successor = await startReplica(inject("kubeconfig"));
  replicas.push(successor);
  const [victim] = replicas.splice(0, 1);
  const connected = agents.map(({ connects }) => connects);
  const killing = victim?.kill();
  await writePlans(cluster.kube, namespace, machines, "while away");
  await killing;
  await vi.waitFor(() => {
    expect(agents.filter(({ connects }, index) => connects > (connected[index] ?? 0))).toHaveLength(size);
    expect(agents.filter(({ plans }) => plans.at(-1) === "while away")).toHaveLength(size);
  }, eventually);
  await writePlans(cluster.kube, namespace, machines.slice(-sample), "afterwards");
  await vi.waitFor(
    () => expect(agents.filter(({ plans }) => plans.at(-1) === "afterwards")).toHaveLength(sample),
    eventually,
  );
  const expected = (index: number) => [
    "{}",
    ...(index < sample ? ["first"] : []),
    "while away",
    ...(index >= size - sample ? ["afterwards"] : []),
  ];
  for (const [index, { plans }] of agents.entries()) expect(plans).toEqual(expected(index));
});
