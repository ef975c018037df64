import {
  bundles,
  findCondition,
  type ManagedOSVersionChannel,
  managedOSImages,
  managedOSVersionChannels,
  managedOSVersions,
  pods,
} from "@elemental/api";
import { isKubeError, KubeError } from "@elemental/kube";
import { type MemoryKube, type MemoryKubeOptions, memoryKube } from "@elemental/kube/testing";
import { memoryQueues } from "@elemental/queue";
import { afterEach, describe, expect, test, vi } from "vitest";
import { startOsVersionSyncer } from "./start.ts";
import { channel, osImage, settings, versionOf } from "./testing/objects.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(options?: MemoryKubeOptions): Promise<MemoryKube> {
  const kube = memoryKube(options);
  const queues = memoryQueues({ backoff: { baseMs: 5, capMs: 20 } });
  const syncer = startOsVersionSyncer({ kube, queues, settings: { ...settings, defaultRegistry: "" } });
  closers.push(
    () => kube.close(),
    () => queues.close(),
    () => syncer.stop(),
  );
  await syncer.started();
  return kube;
}

const key = { namespace: "fleet-default", name: "stable" };
const eventually = <T>(check: () => Promise<T>) => vi.waitFor(check, { timeout: 5000, interval: 10 });
const bare = (owner = channel()) => ({ ...owner, metadata: { namespace: "fleet-default", name: owner.metadata.name } });

function expectReady(kube: MemoryKube, expected: object): Promise<ManagedOSVersionChannel> {
  return eventually(async () => {
    const stored = await kube.get(managedOSVersionChannels, key);
    expect(findCondition(stored.status?.conditions, "Ready")).toMatchObject(expected);
    return stored;
  });
}

async function expectGone(get: () => Promise<unknown>): Promise<void> {
  await eventually(() => expect(get()).rejects.toSatisfy((error) => isKubeError(error, "NotFound")));
}

/** Stands in for the kubelet: ends the synchronization Pod, which printed `list`. */
async function endPod(kube: MemoryKube, phase: "Succeeded" | "Failed", list: string): Promise<void> {
  await eventually(() => kube.get(pods, key));
  kube.setPodLog(key, "display", `${list}\n`);
  await kube.patchStatus(pods, key, { type: "merge", body: { status: { phase } } });
}

const list = (...names: string[]) =>
  JSON.stringify(names.map((name) => ({ metadata: { name }, spec: { type: "container" } })));

describe("a channel", () => {
  test("C-102 C-103 becomes versions, and follows its list", async () => {
    const kube = await start();
    await kube.create(managedOSVersionChannels, bare());
    await expectReady(kube, { status: "False", reason: "Synchronizing" });
    await endPod(kube, "Succeeded", list("v1", "v2"));
    await expectReady(kube, { status: "True", reason: "Synchronized" });
    await expectGone(() => kube.get(pods, key));
    const { items } = await kube.list(managedOSVersions);
    expect(items.map(({ metadata }) => metadata.name)).toEqual(["v1", "v2"]);
    expect(items[0]?.metadata.ownerReferences).toMatchObject([{ kind: "ManagedOSVersionChannel", name: "stable" }]);

    await kube.patch(managedOSVersionChannels, key, {
      type: "merge",
      body: { spec: { deleteNoLongerInSyncVersions: true } },
    });
    await endPod(kube, "Succeeded", list("v2"));
    await expectGone(() => kube.get(managedOSVersions, { ...key, name: "v1" }));
    await expectReady(kube, { status: "True" });
    expect((await kube.list(managedOSVersions)).items.map(({ metadata }) => metadata.name)).toEqual(["v2"]);
  });

  test("C-109 starts again when its spec changes during a synchronization", async () => {
    const kube = await start();
    await kube.create(managedOSVersionChannels, bare());
    const first = await eventually(() => kube.get(pods, key));
    const uri = "https://example.com/other.json";
    await kube.patch(managedOSVersionChannels, key, { type: "merge", body: { spec: { options: { uri } } } });
    await eventually(async () => {
      const pod = await kube.get(pods, key);
      expect(pod.metadata.uid).not.toBe(first.metadata.uid);
      expect(pod.spec?.initContainers?.[0]?.args).toContain(uri);
    });
    await eventually(async () => {
      const { metadata, status } = await kube.get(managedOSVersionChannels, key);
      expect(status).toMatchObject({ syncedGeneration: metadata.generation, failedSynchronizationAttempts: 0 });
    });
  });

  test("tells when its Pod cannot be created", async () => {
    const intercept: MemoryKubeOptions["intercept"] = ({ verb, type }) => {
      if (verb === "create" && type.kind === "Pod") throw new KubeError("Forbidden", "exceeded quota: pods");
    };
    const kube = await start({ intercept });
    await kube.create(managedOSVersionChannels, bare());
    await expectReady(kube, {
      reason: "FailedToCreatePod",
      message: "failed creating synchronization pod: exceeded quota: pods",
    });
    expect((await kube.get(managedOSVersionChannels, key)).status).toMatchObject({
      failedSynchronizationAttempts: 1,
      syncedGeneration: 1,
    });
  });

  test("fails its synchronization when a version cannot be written", async () => {
    const intercept: MemoryKubeOptions["intercept"] = ({ verb, type }) => {
      if (verb === "create" && type.kind === "ManagedOSVersion") throw new KubeError("Forbidden", "not allowed");
    };
    const kube = await start({ intercept });
    await kube.create(managedOSVersionChannels, bare());
    await endPod(kube, "Succeeded", list("v1"));
    await expectReady(kube, { reason: "FailedToSync", message: "failed channel synchronization: not allowed" });
  });

  test("a settled one causes no writes", async () => {
    const kube = await start();
    await kube.create(managedOSVersionChannels, bare());
    await endPod(kube, "Succeeded", list("v1"));
    await expectReady(kube, { status: "True" });
    await expectGone(() => kube.get(pods, key));
    const before = kube.writes.length;
    await kube.create(managedOSVersionChannels, { ...bare(), metadata: { ...key, name: "marker" }, spec: {} });
    await eventually(async () => {
      const { status } = await kube.get(managedOSVersionChannels, { ...key, name: "marker" });
      expect(status?.conditions).toHaveLength(1);
    });
    const names = kube.writes.slice(before).map(({ key: { name } }) => name);
    expect(names.filter((name) => name !== "marker")).toEqual([]);
  });
});

test("C-110 a version outlives its deletion until no image uses it", async () => {
  const kube = await start();
  const version = { ...versionOf(channel(), "v1"), metadata: { namespace: "fleet-default", name: "v1" } };
  const versionKey = { namespace: "fleet-default", name: "v1" };
  await kube.create(managedOSVersions, version);
  const image = await kube.create(managedOSImages, osImage({ managedOSVersionName: "v1" }));
  await eventually(async () =>
    expect((await kube.get(managedOSVersions, versionKey)).metadata.finalizers).toHaveLength(1),
  );
  await kube.delete(managedOSVersions, versionKey);
  await eventually(async () => {
    await kube.events.flush();
    const { items } = await kube.list({ group: "", version: "v1", kind: "Event", plural: "events", namespaced: true });
    expect(items).toContainEqual(expect.objectContaining({ reason: "InUse" }));
  });
  expect((await kube.get(managedOSVersions, versionKey)).metadata.deletionTimestamp).toBeDefined();
  const imageKey = { namespace: "fleet-default", name: image.metadata.name };
  await kube.patch(managedOSImages, imageKey, { type: "merge", body: { spec: { managedOSVersionName: null } } });
  await expectGone(() => kube.get(managedOSVersions, versionKey));
});

describe("an image", () => {
  const imageKey = { namespace: "fleet-default", name: "upgrade" };
  const bundleKey = { namespace: "fleet-default", name: "mos-upgrade" };
  const created = (kube: MemoryKube, expected: object) =>
    eventually(async () => {
      const { status } = await kube.get(managedOSImages, imageKey);
      expect(findCondition(status?.conditions, "FleetBundleCreation")).toMatchObject(expected);
    });

  test("C-111 C-115 becomes a Bundle, which is made again when it is deleted, and mirrors its conditions", async () => {
    const kube = await start();
    await kube.create(managedOSImages, osImage({ osImage: "r/i:1" }));
    await created(kube, { status: "True" });
    const first = await kube.get(bundles, bundleKey);
    await kube.delete(bundles, bundleKey);
    await eventually(async () =>
      expect((await kube.get(bundles, bundleKey)).metadata.uid).not.toBe(first.metadata.uid),
    );
    const conditions = [{ type: "Ready", status: "False", message: "x" }];
    await kube.patchStatus(bundles, bundleKey, { type: "merge", body: { status: { conditions } } });
    await eventually(async () => {
      const { status } = await kube.get(managedOSImages, imageKey);
      expect(findCondition(status?.conditions, "Ready")).toMatchObject({ reason: "UnknownReason", message: "x" });
    });
  });

  test("says so where Fleet is not installed", async () => {
    const kube = await start({ serves: (type) => type.kind !== "Bundle" });
    await kube.create(managedOSImages, osImage({ osImage: "r/i:1" }));
    await created(kube, {
      status: "False",
      reason: "FleetBundleCreateFailure",
      message: "Fleet is not installed: this API server has no Bundles (fleet.cattle.io)",
    });
  });

  test("C-112 waits for its version", async () => {
    const kube = await start();
    await kube.create(managedOSImages, osImage({ managedOSVersionName: "v1" }));
    await created(kube, { status: "False", message: "ManagedOSVersion v1 does not exist in this namespace" });
    await kube.create(managedOSVersions, {
      ...versionOf(channel(), "v1"),
      metadata: { namespace: "fleet-default", name: "v1" },
    });
    await created(kube, { status: "True" });
  });
});
