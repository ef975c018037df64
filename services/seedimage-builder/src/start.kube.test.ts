import {
  configMaps,
  machineRegistrations,
  type PodPhase,
  pods,
  type SeedImage,
  seedImages,
  services,
} from "@elemental/api";
import { isKubeError } from "@elemental/kube";
import { memoryQueues } from "@elemental/queue";
import { ownSettings } from "@elemental/settings";
import { connectAs } from "@elemental/test/account";
import { connectToCluster, type TestCluster } from "@elemental/test/kube";
import { afterAll, beforeAll, beforeEach, expect, inject, test, vi } from "vitest";
import { startSeedImageBuilder } from "./start.ts";
import { options, registration, seedImage, serverUrl } from "./testing/objects.ts";

// Pods have no node in these suites: the tests say what became of them, as a kubelet would.
let cluster: TestCluster;
let namespace: string;
let close: (() => Promise<void>) | undefined;

beforeAll(async () => {
  cluster = await connectToCluster(inject("kubeconfig"));
  const queues = memoryQueues({ backoff: { baseMs: 5, capMs: 100 } });
  const settings = ownSettings({ serverUrl, caCert: undefined, strictTls: true });
  const kube = await connectAs("seedimage-builder");
  const builder = startSeedImageBuilder({ kube, queues, settings, builder: options });
  close = async () => {
    await builder.stop();
    await queues.close();
    await kube.close();
    await cluster.close();
  };
  await builder.started();
});

afterAll(() => close?.());

beforeEach(async () => {
  namespace = await cluster.createNamespace();
  const { status, metadata, ...rest } = registration();
  const { kube } = cluster;
  await kube.create(machineRegistrations, { ...rest, metadata: { name: metadata.name, namespace } });
  const key = { namespace, name: metadata.name };
  await kube.patchStatus(machineRegistrations, key, { type: "merge", body: { status } });
});

const key = () => ({ namespace, name: "fire" });

async function create(spec: Parameters<typeof seedImage>[0] = {}): Promise<void> {
  const { metadata, spec: whole, ...rest } = seedImage(spec);
  const registrationRef = { name: "fire-nodes", namespace };
  const { kube } = cluster;
  await kube.create(seedImages, {
    ...rest,
    metadata: { name: metadata.name, namespace },
    spec: { ...whole, registrationRef },
  });
}

async function until(type: string, expected: string): Promise<SeedImage> {
  return vi.waitFor(
    async () => {
      const image = await cluster.kube.get(seedImages, key());
      const found = image.status?.conditions?.find((condition) => condition.type === type);
      expect(`${found?.status} ${found?.reason}: ${found?.message}`).toContain(expected);
      return image;
    },
    { timeout: 15_000, interval: 50 },
  );
}

const podIs = (phase: PodPhase) =>
  cluster.kube.patchStatus(pods, key(), { type: "merge", body: { status: { phase } } });

const isThere = (type: typeof pods | typeof services) =>
  cluster.kube.get(type as typeof pods, key()).then(
    () => true,
    (error: unknown) => {
      if (isKubeError(error, "NotFound")) return false;
      throw error;
    },
  );

test("C-081 C-091 C-093 an image is built, offered and forgotten", async () => {
  await create();
  await until("SeedImageReady", "False SeedImageBuildOngoing");
  await until("Ready", "True ResourcesSuccessfullyCreated");
  const { data } = await cluster.kube.get(configMaps, key());
  await podIs("Running");
  const { status } = await until("SeedImageReady", "True SeedImageBuildSuccess");
  expect(status?.downloadURL).toBe(
    `${serverUrl}/elemental/seedimage/${status?.downloadToken}/${data?.["output-name"]}`,
  );
  await podIs("Succeeded");
  const after = await until("SeedImageReady", "True SeedImageBuildDeadline");
  expect(after.status?.downloadURL).toBeUndefined();
  await vi.waitFor(async () => expect(await isThere(pods)).toBe(false), 10_000);
  await vi.waitFor(async () => expect(await isThere(services)).toBe(false), 10_000);
});

test.each([
  ["a container image", { baseImage: "registry/os/iso:1" }],
  ["a platform", { baseImage: "registry/os/iso:1", targetPlatform: "linux/arm64" }],
  ["a raw disk", { type: "raw" as const, baseImage: "registry/os:1" }],
  ["a container of the user", { buildContainer: { image: "mine:1", command: ["make"], imagePullPolicy: "Always" } }],
  ["a size with a unit, for ever", { size: "8Gi", cleanupAfterMinutes: 0 }],
])("C-087 C-088 C-089 C-090 the API server accepts the Pod for %s", async (_, spec) => {
  await create(spec);
  await until("Ready", "True ResourcesSuccessfullyCreated");
  expect(await isThere(pods)).toBe(true);
});

test("C-094 C-095 another base image, then an order to build again", async () => {
  await create();
  await until("SeedImageReady", "False SeedImageBuildOngoing");
  await podIs("Running");
  const first = await until("SeedImageReady", "True SeedImageBuildSuccess");
  const baseImage = "https://images.example/other.iso";
  await cluster.kube.patch(seedImages, key(), { type: "merge", body: { spec: { baseImage } } });
  await until("SeedImageReady", "False SeedImageBuildOngoing");
  expect((await cluster.kube.get(configMaps, key())).data?.["base-image"]).toBe(baseImage);
  await podIs("Running");
  const second = await until("SeedImageReady", "True SeedImageBuildSuccess");
  await cluster.kube.patch(seedImages, key(), { type: "merge", body: { spec: { retriggerBuild: true } } });
  await until("SeedImageReady", "False SeedImageBuildOngoing");
  await podIs("Running");
  const third = await until("SeedImageReady", "True SeedImageBuildSuccess");
  expect(third.spec?.retriggerBuild).toBe(false);
  expect(new Set([first, second, third].map(({ status }) => status?.downloadToken)).size).toBe(3);
});

test("C-097 a Pod of somebody else is not touched", async () => {
  const other = {
    apiVersion: "v1" as const,
    kind: "Pod" as const,
    metadata: { name: "fire", namespace },
    spec: { containers: [{ name: "own", image: "own:1" }] },
  };
  const { metadata } = await cluster.kube.create(pods, other);
  await create();
  await until("Ready", "False PodCreationFailure: pod already exists and was not created by this controller");
  expect((await cluster.kube.get(pods, key())).metadata.uid).toBe(metadata.uid);
});

// A garbage collector learns of new kinds within half a minute.
test("deleting the registration deletes its images and what belongs to them", { timeout: 90_000 }, async () => {
  await create();
  await until("Ready", "True ResourcesSuccessfullyCreated");
  await cluster.kube.delete(machineRegistrations, { namespace, name: "fire-nodes" });
  for (const type of [pods, services]) {
    await vi.waitFor(async () => expect(await isThere(type)).toBe(false), { timeout: 60_000, interval: 200 });
  }
});
