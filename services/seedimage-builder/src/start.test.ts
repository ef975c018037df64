import {
  configMaps,
  formatKey,
  machineRegistrations,
  type Pod,
  type PodPhase,
  pods,
  type SeedImage,
  seedImages,
  services,
} from "@elemental/api";
import { isKubeError, KubeError } from "@elemental/kube";
import { type MemoryKubeOptions, memoryKube } from "@elemental/kube/testing";
import { memoryQueues } from "@elemental/queue";
import { ownSettings, type Settings } from "@elemental/settings";
import { afterEach, describe, expect, test, vi } from "vitest";
import { startSeedImageBuilder } from "./start.ts";
import { namespace, options, registration, seedImage, serverUrl } from "./testing/objects.ts";

const key = { namespace, name: "fire" };
const registrationKey = { namespace, name: "fire-nodes" };
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Setup extends MemoryKubeOptions {
  ready?: boolean;
  settings?: Settings;
}

async function setup({ ready = true, settings, ...memory }: Setup = {}) {
  const kube = memoryKube(memory);
  const queues = memoryQueues({ backoff: { baseMs: 5, capMs: 20 } });
  const builder = startSeedImageBuilder({
    kube,
    queues,
    settings: settings ?? ownSettings({ serverUrl, caCert: undefined, strictTls: true }),
    builder: options,
  });
  closers.push(async () => {
    await builder.stop();
    await queues.close();
    await kube.close();
  });
  await builder.started();
  const { status, ...withoutStatus } = registration();
  await kube.create(machineRegistrations, withoutStatus);
  const makeReady = () => kube.patchStatus(machineRegistrations, registrationKey, { type: "merge", body: { status } });
  if (ready) await makeReady();
  await kube.create(seedImages, seedImage());

  const image = () => kube.get(seedImages, key);
  const says = async (type: string) => {
    const found = (await image()).status?.conditions?.find((condition) => condition.type === type);
    return found && `${found.status} ${found.reason}`;
  };
  const until = (type: string, expected: string) =>
    vi.waitFor(async () => expect(await says(type)).toBe(expected), { timeout: 5000, interval: 5 });
  const podIs = (phase: PodPhase) => kube.patchStatus(pods, key, { type: "merge", body: { status: { phase } } });
  const pod = () => kube.get(pods, key).catch((error: unknown) => notFound(error));
  return { kube, makeReady, image, until, podIs, pod };
}

function notFound(error: unknown): undefined {
  if (!isKubeError(error, "NotFound")) throw error;
}

type System = Awaited<ReturnType<typeof setup>>;

async function served(system: System): Promise<SeedImage> {
  await system.until("SeedImageReady", "False SeedImageBuildOngoing");
  await system.podIs("Running");
  await system.until("SeedImageReady", "True SeedImageBuildSuccess");
  return system.image();
}

async function settled({ kube }: System): Promise<number> {
  let writes = -1;
  await vi.waitFor(
    () => {
      const before = writes;
      writes = kube.writes.length;
      expect(writes).toBe(before);
    },
    { interval: 50 },
  );
  return writes;
}

test("C-081 a SeedImage gets a ConfigMap with seven keys, a Pod and a Service", async () => {
  const system = await setup();
  await system.until("Ready", "True ResourcesSuccessfullyCreated");
  await system.until("SeedImageReady", "False SeedImageBuildOngoing");
  const { data, binaryData } = await system.kube.get(configMaps, key);
  expect(Object.keys({ ...data, ...binaryData }).sort()).toEqual([
    "base-image",
    "cloud-config",
    "device",
    "output-name",
    "registration",
    "registration-url",
    "reset-config",
  ]);
  expect((await system.kube.get(services, key)).spec?.selector).toEqual({ "app.kubernetes.io/name": "fire" });
  expect((await system.image()).metadata.ownerReferences).toMatchObject([{ kind: "MachineRegistration" }]);
});

test("C-083 a build waits for its registration, and begins when that is ready", async () => {
  const system = await setup({ ready: false });
  await system.until("Ready", "False PodCreationFailure");
  expect(await system.pod()).toBeUndefined();
  await system.makeReady();
  await system.until("SeedImageReady", "False SeedImageBuildOngoing");
});

test("C-091 C-093 an image is built, offered, and forgotten at the end of its life", async () => {
  const system = await setup();
  const { status } = await served(system);
  const { data } = await system.kube.get(configMaps, key);
  expect(status?.downloadToken).toHaveLength(54);
  expect(status?.downloadURL).toBe(
    `${serverUrl}/elemental/seedimage/${status?.downloadToken}/${data?.["output-name"]}`,
  );
  await system.podIs("Succeeded");
  await system.until("SeedImageReady", "True SeedImageBuildDeadline");
  const writes = await settled(system);
  expect(await system.pod()).toBeUndefined();
  await expect(system.kube.get(services, key)).rejects.toThrow();
  expect((await system.image()).status?.downloadURL).toBeUndefined();
  expect(system.kube.writes).toHaveLength(writes);
});

test("a settled image costs no writes", async () => {
  const system = await setup();
  await served(system);
  const writes = await settled(system);
  await system.kube.patch(pods, key, { type: "merge", body: { metadata: { labels: { touched: "yes" } } } });
  await system.kube.patch(seedImages, key, { type: "merge", body: { metadata: { labels: { touched: "yes" } } } });
  expect(await settled(system)).toBe(writes + 2);
});

test("C-094 retriggerBuild gives a new image under a new token", async () => {
  const system = await setup();
  const before = (await served(system)).status;
  const uid = (await system.pod())?.metadata.uid;
  await system.kube.patch(seedImages, key, { type: "merge", body: { spec: { retriggerBuild: true } } });
  await vi.waitFor(async () => expect((await system.pod())?.metadata.uid).not.toBe(uid));
  await served(system);
  const { spec, status } = await system.image();
  expect(spec?.retriggerBuild).toBe(false);
  expect(status?.downloadToken).toHaveLength(54);
  expect(status?.downloadToken).not.toBe(before?.downloadToken);
});

test("C-095 another base image is built from at once, and the old URL is gone first", async () => {
  const system = await setup();
  const before = (await served(system)).status;
  const baseImage = "https://images.example/other.iso";
  await system.kube.patch(seedImages, key, { type: "merge", body: { spec: { baseImage } } });
  await vi.waitFor(async () => {
    const pod = (await system.pod()) as Pod;
    expect(pod?.metadata.annotations?.["elemental.cattle.io/base-image"]).toBe(baseImage);
  });
  await system.until("SeedImageReady", "False SeedImageBuildOngoing");
  expect((await system.image()).status?.downloadURL).toBeUndefined();
  expect((await system.kube.get(configMaps, key)).data?.["base-image"]).toBe(baseImage);
  expect((await served(system)).status?.downloadToken).not.toBe(before?.downloadToken);
});

test("a lost serving Pod is replaced", async () => {
  const system = await setup();
  await served(system);
  const uid = (await system.pod())?.metadata.uid;
  await system.kube.delete(pods, key);
  await vi.waitFor(async () => expect((await system.pod())?.metadata.uid).not.toBe(uid));
  await system.until("SeedImageReady", "False SeedImageBuildOngoing");
});

test("another CA of the server is built in", async () => {
  let caCert = "first";
  let changed = () => {};
  const settings: Settings = {
    current: () => ({ serverUrl, caCert, strictTls: true }),
    onChange: (listener) => {
      changed = listener;
      return () => {};
    },
    stop() {},
  };
  const system = await setup({ settings });
  await served(system);
  caCert = "second";
  changed();
  await vi.waitFor(async () => {
    const { binaryData } = await system.kube.get(configMaps, key);
    expect(Buffer.from(binaryData?.["registration"] ?? "", "base64").toString()).toContain("ca-cert: second");
  });
});

describe("creations that fail", () => {
  test.each([
    ["pods", "Ready", "False PodCreationFailure"],
    ["pods", "SeedImageReady", "False SeedImageBuildNotStarted"],
    ["services", "Ready", "False ServiceCreationFailure"],
  ])("of %s are told in %s, and tried again", async (plural, type, expected) => {
    let broken = true;
    const system = await setup({
      intercept: (call) => {
        if (broken && call.verb === "create" && call.type.plural === plural) throw new KubeError("Forbidden", "quota");
      },
    });
    await system.until(type, expected);
    broken = false;
    await system.until("Ready", "True ResourcesSuccessfullyCreated");
    await served(system);
  });

  test("an API server out of reach says nothing about the image", async () => {
    let broken = false;
    const system = await setup({
      intercept: (call) => {
        if (broken && call.verb === "get" && call.type.plural === "pods") throw new KubeError("Unavailable", "gone");
      },
    });
    const before = await served(system);
    broken = true;
    await system.kube.patch(seedImages, key, { type: "merge", body: { metadata: { labels: { touched: "yes" } } } });
    await settled(system);
    expect((await system.image()).status).toEqual(before.status);
  });
});

test("SeedImages of a namespace that may leave it out of their reference", async () => {
  const system = await setup();
  const other = { ...seedImage({ registrationRef: { name: "fire-nodes" } }), metadata: { namespace, name: "water" } };
  await system.kube.create(seedImages, other);
  await vi.waitFor(async () => expect(formatKey(await podKey(system, "water"))).toBe(`${namespace}/water`));
});

async function podKey({ kube }: System, name: string) {
  const { metadata } = await kube.get(pods, { namespace, name });
  return { namespace: metadata.namespace ?? "", name: metadata.name };
}
