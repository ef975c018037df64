import type { MachineInventory, MachineRegistration, ObjectKey } from "@elemental/api";
import { machineInventories, machineRegistrations } from "@elemental/api";
import { type MemoryKube, type MemoryKubeOptions, memoryKube } from "@elemental/kube/testing";
import { memoryQueues } from "@elemental/queue";
import { silentLogger } from "@elemental/service";
import { ownSettings, type ServerSettings } from "@elemental/settings";
import { Registry } from "prom-client";
import { expect, onTestFinished, vi } from "vitest";
import { type DoorOptions, start } from "../start.ts";
import { RawClient } from "./raw-client.ts";

export const serverUrl = "https://rancher.example.com";
export const TOKEN = "tok1";
export const PATH = `/elemental/registration/${TOKEN}`;
export const PLAIN = "Bearer PLAINaa:bb:cc:dd:ee:ff";
export const MAC_HASH = "c1582e87c802221899199e286ead9a7ed13eb3b5e3827be6cc149fb82a9e04f7";

type Spec = NonNullable<MachineRegistration["spec"]>;

/** What the API server makes of a registration with `elemental.registration.auth`. */
export const auth = (method: string): Spec => ({ config: { elemental: { registration: { auth: method } } } });

export interface TestDoorOptions extends Partial<Omit<DoorOptions, "settings" | "kube">> {
  kube?: MemoryKube | MemoryKubeOptions;
  settings?: Partial<ServerSettings>;
}

export interface TestDoor {
  port: number;
  kube: MemoryKube;
  registry: Registry;
  /** Stores a registration that is ready, in namespace `fleet-default` unless told. */
  addRegistration(spec: Spec, changes?: RegistrationChanges): Promise<MachineRegistration>;
  inventories(): Promise<MachineInventory[]>;
  /** The only inventory. */
  inventory(): Promise<MachineInventory>;
  plain(authorization?: string): Promise<RawClient>;
  /** A conversation after Ready. */
  ready(authorization?: string): Promise<RawClient>;
  /** A conversation after Ready and Version. */
  negotiated(version?: number, authorization?: string): Promise<RawClient>;
  close(): Promise<void>;
}

export interface RegistrationChanges {
  key?: Partial<ObjectKey>;
  token?: string;
  url?: string;
  ready?: boolean;
  annotations?: Record<string, string>;
}

/** A door of its own on a Kubernetes API in memory; it is closed when the test ends. */
export async function testDoor(options: TestDoorOptions = {}): Promise<TestDoor> {
  const kube = isMemoryKube(options.kube) ? options.kube : memoryKube(options.kube);
  const registry = new Registry();
  const settings = { serverUrl, caCert: undefined, strictTls: true, ...options.settings };
  const door = await start({
    queues: memoryQueues(),
    log: silentLogger,
    listen: { host: "127.0.0.1", port: 0 },
    registry,
    ...options,
    kube,
    settings: ownSettings(settings),
  });
  const { port } = door.address;
  onTestFinished(door.close);
  const plain = (authorization = PLAIN) => RawClient.upgrade(port, PATH, authorization);
  return {
    port,
    kube,
    registry,
    addRegistration: (spec, changes) => addRegistration(kube, port, { spec, ...changes }),
    inventories: async () => (await kube.list(machineInventories)).items,
    inventory: () => onlyInventory(kube),
    plain,
    ready: async (authorization) => readied(await plain(authorization)),
    negotiated: async (version = 12, authorization = PLAIN) => negotiate(await plain(authorization), version),
    close: door.close,
  };
}

async function onlyInventory(kube: MemoryKube): Promise<MachineInventory> {
  const [inventory, ...others] = (await kube.list(machineInventories)).items;
  if (!inventory || others.length > 0) throw new Error(`there are ${others.length + (inventory ? 1 : 0)} inventories`);
  return inventory;
}

/** A door with one registration. */
export async function doorFor(spec: Spec = auth("mac"), options: TestDoorOptions = {}): Promise<TestDoor> {
  const door = await testDoor(options);
  await door.addRegistration(spec);
  return door;
}

async function readied(client: RawClient): Promise<RawClient> {
  expect((await client.answer()).status).toBe(101);
  expect(await client.frame()).toEqual({ fin: true, opcode: 2, payload: Buffer.from([1]) });
  return client;
}

async function negotiate(client: RawClient, version: number): Promise<RawClient> {
  await readied(client);
  client.send([5, version]);
  await client.message();
  return client;
}

async function addRegistration(
  kube: MemoryKube,
  port: number,
  { spec, key, token = TOKEN, url, ready = true, annotations = {} }: RegistrationChanges & { spec: Spec },
): Promise<MachineRegistration> {
  const identity = { namespace: "fleet-default", name: `r-${token}`, ...key };
  await kube.create(machineRegistrations, {
    apiVersion: "elemental.cattle.io/v1beta1",
    kind: "MachineRegistration",
    metadata: { ...identity, annotations },
    spec,
  });
  const body = { status: statusOf(token, url, ready) };
  const registration = await kube.patchStatus(machineRegistrations, identity, { type: "merge", body });
  if (ready && url !== "") await served(port, token);
  return registration;
}

function statusOf(token: string, url: string | undefined, ready: boolean): NonNullable<MachineRegistration["status"]> {
  const lastTransitionTime = "2026-01-01T00:00:00Z";
  return {
    registrationToken: token,
    registrationURL: url ?? `${serverUrl}/elemental/registration/${token}`,
    conditions: [
      {
        type: "Ready",
        status: ready ? "True" : "False",
        reason: "SuccessfullyCreated",
        message: "",
        lastTransitionTime,
      },
    ],
  };
}

/** The door learns of a registration by its watch. */
async function served(port: number, token: string): Promise<void> {
  const url = `http://127.0.0.1:${port}/elemental/registration/${token}`;
  await vi.waitFor(async () => {
    const { status } = await fetch(url);
    if (status !== 200) throw new Error(`${status}`);
  }, 5000);
}

function isMemoryKube(kube: TestDoorOptions["kube"]): kube is MemoryKube {
  return kube !== undefined && "writes" in kube;
}
