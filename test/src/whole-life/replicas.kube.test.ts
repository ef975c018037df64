import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  apiVersion,
  conditionTypes,
  customResourceDefinitions,
  finalizers,
  findCondition,
  type KubeObject,
  machineInventories,
  machineInventorySelectors,
  machineRegistrations,
  machines,
  type ResourceType,
  secrets,
} from "@elemental/api";
import type { Kube } from "@elemental/kube";
import { redisQueues, startRedis } from "@elemental/queue";
import { expect, inject, test, vi } from "vitest";
import { connectToCluster, machineDefinition } from "../kube/index.ts";
import { startOperator } from "./operator.ts";

const count = 10;
const names = Array.from({ length: count }, (_, index) => `m${index}`);

/** Counts the versions of every object of a kind in the namespace, the first one included. */
function versions<T extends KubeObject>(kube: Kube, type: ResourceType<T>, namespace: string): Map<string, number> {
  const counted = new Map<string, number>();
  kube.inform(type, { namespace }).onChange(({ current }) => {
    if (current) counted.set(current.metadata.name, (counted.get(current.metadata.name) ?? 0) + 1);
  });
  return counted;
}

async function createFleet(kube: Kube, namespace: string): Promise<void> {
  const value = Buffer.from("#!/bin/sh\n").toString("base64");
  const metadata = { namespace, name: "bootstrap" };
  await kube.create(secrets, { apiVersion: "v1", kind: "Secret", type: "x/bootstrap", metadata, data: { value } });
  await Promise.all(
    names.map(async (name) => {
      const { metadata } = await kube.create(machines("v1beta2"), {
        apiVersion: "cluster.x-k8s.io/v1beta2",
        kind: "Machine",
        metadata: { namespace, name },
        spec: { clusterName: "c", bootstrap: { dataSecretName: "bootstrap" } },
      });
      const owner = { apiVersion: "cluster.x-k8s.io/v1beta2", kind: "Machine", name, uid: metadata.uid ?? "" };
      await kube.create(machineInventories, {
        apiVersion,
        kind: "MachineInventory",
        metadata: { namespace, name, finalizers: [finalizers.machineInventory] },
        spec: {},
      });
      await kube.create(machineInventorySelectors, {
        apiVersion,
        kind: "MachineInventorySelector",
        metadata: { namespace, name, ownerReferences: [{ ...owner, controller: true }] },
        spec: {},
      });
    }),
  );
}

test("C-119 D-38 two replicas share the work without a leader: each plan is written once, both serve machines", async () => {
  await using parts = new AsyncDisposableStack();
  const definitions = [...customResourceDefinitions(), machineDefinition];
  const { kube, createNamespace, close } = await connectToCluster(inject("kubeconfig"), definitions);
  parts.defer(close);
  const dir = parts.adopt(await mkdtemp(join(tmpdir(), "replicas-")), (path) => rm(path, { recursive: true }));
  const { address } = parts.adopt(await startRedis({ dir, path: process.env["PATH"] ?? "" }), ({ stop }) => stop());
  const serverUrl = "http://door.example";
  const replica = async () => {
    const queues = parts.adopt(redisQueues(address), (own) => own.close());
    return startOperator({ kubeconfig: inject("kubeconfig"), queues, serverUrl }, parts);
  };
  const replicas = [await replica(), await replica()];
  const namespace = await createNamespace();
  const plans = versions(kube, secrets, namespace);
  const inventories = versions(kube, machineInventories, namespace);
  const spec = { config: { elemental: { registration: { auth: "tpm" } } } };
  const registration = { namespace, name: "r" };
  await kube.create(machineRegistrations, {
    apiVersion,
    kind: "MachineRegistration",
    metadata: registration,
    spec,
  });
  await createFleet(kube, namespace);
  await vi.waitFor(
    async () => {
      const { items } = await kube.list(machineInventorySelectors, { namespace });
      const ready = items.filter(({ status }) => findCondition(status?.conditions, "Ready")?.status === "True");
      expect(new Set(ready.map(({ status }) => status?.machineInventoryRef?.name)).size).toBe(count);
      const machinesOf = (await kube.list(machineInventories, { namespace })).items;
      const adopted = machinesOf.map(({ status }) => findCondition(status?.conditions, conditionTypes.adoptionReady));
      expect(adopted.map((condition) => condition?.status)).toEqual(Array(count).fill("True"));
    },
    { timeout: 180_000, interval: 100 },
  );
  // Created and handed over; registered, reported, claimed and confirmed.
  expect(names.map((name) => plans.get(name))).toEqual(Array(count).fill(2));
  expect(Math.max(...names.map((name) => inventories.get(name) ?? 0))).toBeLessThanOrEqual(5);
  const pathname = await vi.waitFor(
    async () => {
      const { status } = await kube.get(machineRegistrations, registration);
      return new URL(status?.registrationURL ?? "").pathname;
    },
    { timeout: 60_000, interval: 100 },
  );
  for (const { url } of replicas) {
    await vi.waitFor(async () => expect((await fetch(`${url}${pathname}`)).status).toBe(200), 60_000);
  }
}, 300_000);
