import {
  findCondition,
  type ManagedOSVersionChannel,
  managedOSImages,
  managedOSVersionChannels,
  managedOSVersions,
  pods,
} from "@elemental/api";
import type { RunningController } from "@elemental/controller";
import { isKubeError, type Kube } from "@elemental/kube";
import { memoryQueues, type QueueFactory } from "@elemental/queue";
import { connectAs } from "@elemental/test/account";
import { connectToCluster, type TestCluster } from "@elemental/test/kube";
import { afterAll, beforeAll, beforeEach, expect, inject, test, vi } from "vitest";
import { startOsVersionSyncer } from "./start.ts";

let cluster: TestCluster;
let kube: Kube;
let own: Kube;
let queues: QueueFactory;
let syncer: RunningController;
let namespace: string;

beforeAll(async () => {
  cluster = await connectToCluster(inject("kubeconfig"));
  kube = cluster.kube;
  own = await connectAs("osversion-syncer");
  queues = memoryQueues();
  const settings = { operatorImage: "registry.invalid/operator:1", proxyEnv: {}, defaultRegistry: "" };
  syncer = startOsVersionSyncer({ kube: own, queues, settings });
  await syncer.started();
});
afterAll(async () => {
  await syncer?.stop();
  await queues?.close();
  await own?.close();
  await cluster?.close();
});
beforeEach(async () => {
  namespace = await cluster.createNamespace();
});

const eventually = <T>(check: () => Promise<T>) => vi.waitFor(check, { timeout: 20_000, interval: 100 });
const apiVersion = "elemental.cattle.io/v1beta1";

async function createChannel(name: string, spec: ManagedOSVersionChannel["spec"]): Promise<void> {
  const metadata = { namespace, name };
  await kube.create(managedOSVersionChannels, { apiVersion, kind: "ManagedOSVersionChannel", metadata, spec });
}

function expectReady(name: string, expected: object): Promise<void> {
  return eventually(async () => {
    const { status } = await kube.get(managedOSVersionChannels, { namespace, name });
    expect(findCondition(status?.conditions, "Ready")).toMatchObject(expected);
  });
}

test("C-100 C-105 a channel's Pod is accepted by the API server, and its failure is told and repeated", async () => {
  const key = { namespace, name: "stable" };
  await createChannel("stable", { type: "json", options: { URI: "https://example.com/list", Timeout: "1m" } });
  const first = await eventually(() => kube.get(pods, key));
  expect(first.spec?.initContainers?.[0]?.args).toContain("https://example.com/list");
  await expectReady("stable", { status: "False", reason: "Synchronizing", observedGeneration: 1 });
  const status = { phase: "Failed", reason: "Evicted", message: "the node was low on memory" };
  await kube.patchStatus(pods, key, { type: "merge", body: { status } });
  await expectReady("stable", {
    reason: "FailedToSync",
    message: "failed channel synchronization: Evicted: the node was low on memory",
  });
  await eventually(async () => expect((await kube.get(pods, key)).metadata.uid).not.toBe(first.metadata.uid));
  expect((await kube.get(managedOSVersionChannels, key)).status).toMatchObject({ failedSynchronizationAttempts: 1 });
});

test("C-099 C-010 an object that cannot be used gets a condition, and others are reconciled all the same", async () => {
  await createChannel("text", { type: "json", options: "text" });
  await createChannel("often", { type: "json", syncInterval: "0s" });
  const image = { apiVersion, kind: "ManagedOSImage", metadata: { namespace, name: "text" } } as const;
  await kube.create(managedOSImages, { ...image, spec: { osImage: "r/i", cloudConfig: ["list"] } });
  await createChannel("good", { type: "custom", options: { image: "channel:1" } });
  await expectReady("text", { reason: "InvalidConfiguration", message: "spec.options is not an object" });
  await expectReady("often", { reason: "InvalidConfiguration" });
  await expectReady("good", { reason: "Synchronizing" });
  await eventually(async () => {
    const { status } = await kube.get(managedOSImages, { namespace, name: "text" });
    const expected = {
      status: "False",
      reason: "FleetBundleCreateFailure",
      message: "spec.cloudConfig is not an object",
    };
    expect(findCondition(status?.conditions, "FleetBundleCreation")).toMatchObject(expected);
  });
});

test("C-108 a disabled channel flags its versions and is Ready", async () => {
  const metadata = { namespace, name: "v1", labels: { "elemental.cattle.io/channel": "off" } };
  await kube.create(managedOSVersions, { apiVersion, kind: "ManagedOSVersion", metadata, spec: { type: "container" } });
  await createChannel("off", { type: "json", enabled: false, options: { uri: "https://example.com/list" } });
  await expectReady("off", { status: "True", reason: "ChannelDisabled" });
  const version = await kube.get(managedOSVersions, { namespace, name: "v1" });
  expect(version.metadata.annotations).toMatchObject({ "elemental.cattle.io/channel-no-longer-in-sync": "true" });
});

test("C-110 a version is held by an image, whatever the length of its name, until the image points elsewhere", async () => {
  const name = "v".repeat(70);
  const version = { apiVersion, kind: "ManagedOSVersion", metadata: { namespace, name } } as const;
  await kube.create(managedOSVersions, { ...version, spec: { type: "iso" } });
  const image = { apiVersion, kind: "ManagedOSImage", metadata: { namespace, name: "upgrade" } } as const;
  await kube.create(managedOSImages, { ...image, spec: { managedOSVersionName: name } });
  await eventually(async () => {
    const { metadata } = await kube.get(managedOSVersions, { namespace, name });
    expect(metadata.finalizers).toEqual(["managedosversion.elemental.cattle.io"]);
  });
  await kube.delete(managedOSVersions, { namespace, name });
  await eventually(async () => {
    const { status } = await kube.get(managedOSImages, { namespace, name: "upgrade" });
    const message = `ManagedOsVersion ${name} is not of a container type: iso`;
    expect(findCondition(status?.conditions, "FleetBundleCreation")).toMatchObject({ status: "False", message });
  });
  expect((await kube.get(managedOSVersions, { namespace, name })).metadata.deletionTimestamp).toBeDefined();
  const body = { spec: { managedOSVersionName: null } };
  await kube.patch(managedOSImages, { namespace, name: "upgrade" }, { type: "merge", body });
  await eventually(() =>
    expect(kube.get(managedOSVersions, { namespace, name })).rejects.toSatisfy((error) =>
      isKubeError(error, "NotFound"),
    ),
  );
});
