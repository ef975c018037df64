import {
  isTrue,
  type KubeObject,
  type MachineInventory,
  type MachineRegistration,
  machineRegistrations,
  type ObjectKey,
  objectKey,
  type ResourceType,
  type Secret,
  secrets,
  secretTypes,
  settings as settingKind,
} from "@elemental/api";
import { isKubeError } from "@elemental/kube";
import { type MemoryKube, type MemoryKubeOptions, memoryKube } from "@elemental/kube/testing";
import { memoryQueues } from "@elemental/queue";
import type { ServerSettings } from "@elemental/settings";
import { startInventoryController } from "../start.ts";

const deadlineMs = 10_000;

/** The controllers of this service on an API in memory. */
export interface TestSystem {
  kube: MemoryKube;
  /** Changes what `Settings.current()` says, and tells. */
  setServerUrl(url: string): Promise<void>;
  /** Resolves with the object once `holds`; rejects after 10 s with its last state. */
  until<T extends KubeObject>(
    type: ResourceType<T>,
    key: ObjectKey,
    holds: (object: T | undefined) => boolean,
  ): Promise<T>;
  ready(registration: MachineRegistration): Promise<MachineRegistration>;
  /** Resolves when no write happened for a while. */
  quiet(): Promise<void>;
}

/** Starts it, with a token controller that fills token Secrets as a cluster does; `await using` ends it. */
export async function testSystem(options: MemoryKubeOptions = {}): Promise<TestSystem & AsyncDisposable> {
  const kube = memoryKube(options);
  const stopTokens = fillTokens(kube);
  const queues = memoryQueues();
  let current: ServerSettings = { serverUrl: "https://r.example", caCert: undefined, strictTls: true };
  const settings = { current: () => current, onChange: () => () => {}, stop: () => {} };
  const running = await startInventoryController({ kube, queues, settings });
  const system: TestSystem = {
    kube,
    async setServerUrl(serverUrl) {
      current = { ...current, serverUrl };
      await touchSetting(kube, serverUrl);
    },
    until: (type, key, holds) => until(kube, type, { key, holds }),
    ready: (registration) =>
      until(kube, machineRegistrations, {
        key: objectKey(registration),
        holds: (object) => isTrue(object?.status?.conditions, "Ready"),
      }),
    quiet: () => quiet(kube),
  };
  return {
    ...system,
    async [Symbol.asyncDispose]() {
      stopTokens();
      await running.stop();
      await queues.close();
      await kube.close();
    },
  };
}

/** What the ServiceAccount token controller of a cluster does. */
function fillTokens(kube: MemoryKube): () => void {
  const informer = kube.inform(secrets, { fieldSelector: `type=${secretTypes.serviceAccountToken}` });
  informer.onChange(({ current }) => {
    if (current === undefined || current.data?.["token"]) return;
    const body = { data: { token: Buffer.from("token").toString("base64") } };
    void kube.patch(secrets, objectKey(current), { type: "merge", body }).catch(() => {});
  });
  return () => informer.stop();
}

async function touchSetting(kube: MemoryKube, value: string): Promise<void> {
  const name = "server-url";
  await kube.apply(settingKind, { apiVersion: "management.cattle.io/v3", kind: "Setting", metadata: { name }, value });
}

async function until<T extends KubeObject>(
  kube: MemoryKube,
  type: ResourceType<T>,
  { key, holds }: { key: ObjectKey; holds: (object: T | undefined) => boolean },
): Promise<T> {
  const informer = kube.inform(type);
  await informer.synced();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const check = () => {
    const object = informer.get(key);
    if (holds(object)) resolve(object as T);
  };
  const timer = setTimeout(() => {
    reject(
      new Error(
        `${type.kind} ${key.name} did not get there: ${JSON.stringify(informer.get(key)?.["status" as never])}`,
      ),
    );
  }, deadlineMs);
  informer.onChange(check);
  check();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    informer.stop();
  }
}

/** Long enough for every run that an event can cause. */
const quietMs = 200;

async function quiet(kube: MemoryKube): Promise<void> {
  for (let before = -1; before !== kube.writes.length; ) {
    before = kube.writes.length;
    await new Promise((resolve) => setTimeout(resolve, quietMs));
  }
}

/** `verb plural` of the writes after the first `skip`. */
export function writesSince(kube: MemoryKube, skip: number): string[] {
  return kube.writes.slice(skip).map(({ verb, type }) => `${verb} ${type.plural}`);
}

export async function gone<T extends KubeObject>(
  kube: MemoryKube,
  type: ResourceType<T>,
  key: ObjectKey,
): Promise<boolean> {
  return kube.get(type, key).then(
    () => false,
    (error: unknown) => isKubeError(error, "NotFound"),
  );
}

/** Reports on the plan of a machine as its agent does. */
export function report(kube: MemoryKube, inventory: MachineInventory, data: Record<string, string>): Promise<Secret> {
  const encoded = Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString("base64")]),
  );
  return kube.patch(secrets, objectKey(inventory), { type: "merge", body: { data: encoded } });
}
