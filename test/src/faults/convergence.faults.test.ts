import { setTimeout as delay } from "node:timers/promises";
import { machineInventories, machineInventorySelectors, machineRegistrations, objectKey } from "@elemental/api";
import { isKubeError } from "@elemental/kube";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createMachines, selector } from "../bench/adoption/objects.ts";
import type { ServiceName } from "../bench/environment/service.ts";
import { meter } from "../bench/measure/service-meter.ts";
import { createRegistration } from "../bench/registration/registration-object.ts";
import { type Expected, unsettled, versions } from "./convergence.ts";
import { type MachineFleet, startFleet } from "./machine-fleet.ts";
import { type System, startSystem } from "./system.ts";

const names: ServiceName[] = ["registration-api", "inventory-controller", "selector-controller"];
const each = (work: (name: ServiceName) => Promise<unknown>) => Promise.all(names.map(work));
const machineCount = 60;
const selectorCount = 30;
/** Selectors and free inventories that come and go with each fault. */
const [replaced, removed] = [4, 2];
// A busy machine needs minutes for what takes an idle one seconds.
const [startMs, convergeMs] = [300_000, 240_000];

const parts = new AsyncDisposableStack();
let system: System;
let fleet: MachineFleet;
let expected: Expected;
let uids: string[];
let created = 0;

beforeAll(async () => {
  system = await startSystem(parts);
  await each((name) => system.replica(name, "a").start());
  await each((name) => system.replica(name, "b").start());
  const { kube } = system;
  const namespace = await system.createNamespace();
  expected = { namespace, machines: machineCount, selectors: selectorCount };
  uids = await createMachines(kube, namespace, 200);
  const token = await createRegistration(kube, namespace, "mac");
  const body = { spec: { config: { elemental: { reset: { enabled: true } } } } };
  await kube.patch(machineRegistrations, { namespace, name: "bench" }, { type: "merge", body });
  fleet = startFleet(machineCount, await registrationFile(`${system.url}/elemental/registration/${token}`));
  parts.defer(() => fleet.stop());
}, startMs);
afterAll(() => parts.disposeAsync(), startMs);

async function registrationFile(url: string): Promise<string> {
  const fetched = async () => {
    const answer = await fetch(url);
    expect(answer.status).toBe(200);
    return answer.text();
  };
  return vi.waitFor(fetched, { timeout: convergeMs, interval: 250 });
}

async function createSelectors(count: number): Promise<void> {
  for (const last = created + count; created < last; created += 1) {
    const object = selector(expected.namespace, created, uids[created] ?? "");
    await system.kube.create(machineInventorySelectors, object).catch((error: unknown) => {
      // The answer to an earlier attempt was lost.
      if (!isKubeError(error, "AlreadyExists")) throw error;
    });
  }
}

/** Selectors go, which resets their machines; others come; free machines are taken out and register again. */
async function change(): Promise<void> {
  const { kube } = system;
  const { namespace } = expected;
  const [old, all] = await Promise.all([
    kube.list(machineInventorySelectors, { namespace }),
    kube.list(machineInventories, { namespace }),
  ]);
  const free = all.items.filter(({ metadata }) => (metadata.ownerReferences ?? []).length === 0);
  for (const { metadata } of old.items.slice(0, replaced)) {
    await kube.delete(machineInventorySelectors, { namespace, name: metadata.name });
  }
  for (const inventory of free.slice(0, removed)) await kube.delete(machineInventories, objectKey(inventory));
  await createSelectors(replaced);
}

async function converge(): Promise<void> {
  const check = async () => expect((await unsettled(system.kube, expected)).slice(0, 5)).toEqual([]);
  await vi.waitFor(check, { timeout: convergeMs, interval: 250 });
}

/** What goes wrong while the fleet changes, in this order. */
const faults: Record<string, () => Promise<unknown>> = {
  "nothing goes wrong": async () => {},
  "Redis loses everything": () => system.redis.flush(),
  "Redis is away for five seconds": async () => {
    await system.redis.stop();
    await delay(5_000);
    await system.redis.start();
  },
  "all connections to the API server are cut, three times": async () => {
    for (let cut = 0; cut < 3; cut++) {
      for (const network of Object.values(system.network)) network.cut();
      await delay(500);
    }
  },
  "the API server is killed and comes back": () => system.controlPlane.restartApiServer(1_000),
  "one side hears nothing more from the API server for ten seconds": async () => {
    system.network.a.silence();
    await delay(10_000);
    system.network.a.cut();
  },
  "one replica of each service is killed and comes back": async () => {
    await each((name) => system.replica(name, "a").kill());
    await each((name) => system.replica(name, "a").start());
  },
  "the other replica of each service is killed for good": () => each((name) => system.replica(name, "b").kill()),
};

test(
  "machines register and selectors adopt",
  async () => {
    await createSelectors(selectorCount);
    await converge();
  },
  convergeMs + 10_000,
);

for (const [name, strike] of Object.entries(faults)) {
  test(
    `everything converges when ${name}`,
    async () => {
      const [changes, struck] = await Promise.allSettled([change(), strike()]);
      if (struck.status === "rejected") throw struck.reason;
      // A user whose request failed tries again.
      if (changes.status === "rejected") await vi.waitFor(() => settleSelectors(), { timeout: convergeMs });
      await converge();
    },
    convergeMs + 60_000,
  );
}

async function settleSelectors(): Promise<void> {
  const { items } = await system.kube.list(machineInventorySelectors, { namespace: expected.namespace });
  await createSelectors(selectorCount - items.length);
}

test(
  "at rest every object is looked at and nothing is written",
  async () => {
    await (await meter(system.running(), [])).quiet({ quietMs: 3_000, deadlineMs: convergeMs });
    const before = await versions(system.kube, expected.namespace);
    const counting = await meter(system.running(), []);
    await system.redis.flush();
    const looks = machineCount + selectorCount;
    await vi.waitFor(async () => expect((await counting.spent()).reconciles).toBeGreaterThanOrEqual(looks), {
      timeout: convergeMs,
      interval: 250,
    });
    expect((await counting.spent()).writes).toBe(0);
    expect(await versions(system.kube, expected.namespace)).toEqual(before);
    expect(fleet.resets()).toBeGreaterThan(0);
  },
  convergeMs * 2,
);

test("no conflict was logged as an error", async () => {
  const conflicts = (await system.errors()).filter((line) => /Conflict|has been modified/.test(line));
  expect(conflicts).toEqual([]);
});
