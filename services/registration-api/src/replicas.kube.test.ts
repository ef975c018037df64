import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MachineInventory, type MachineRegistration, machineInventories } from "@elemental/api";
import { startRedis } from "@elemental/queue";
import { connectToCluster, type TestCluster } from "@elemental/test/kube";
import { type SoftwareMachine, softwareMachine } from "@elemental/tpm/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, onTestFinished, test } from "vitest";
import { addReadyRegistration } from "./testing/cluster-door.ts";
import { type DoorProcess, runDoor } from "./testing/door-process.ts";
import { RawClient } from "./testing/raw-client.ts";
import { tell } from "./testing/register.ts";

const timeout = 30_000;

let cluster: TestCluster;
let namespace: string;
/** Replicas that no test harms. They have no Redis. */
let doors: [Replica, Replica, Replica];
const kills: (() => void)[] = [];

beforeAll(async () => {
  cluster = await connectToCluster(inject("kubeconfig"));
  const open = () => openReplica({}, (kill) => void kills.push(kill));
  doors = await Promise.all([open(), open(), open()]);
});
afterAll(async () => {
  for (const kill of kills) kill();
  await cluster?.close();
});
beforeEach(async () => {
  namespace = await cluster.createNamespace();
});

interface Replica extends DoorProcess {
  port: number;
}

async function openReplica(
  env: Record<string, string> = {},
  ...atEnd: [((kill: () => void) => void)?]
): Promise<Replica> {
  const door = runDoor(env, ...atEnd);
  const { address } = await door.line("serving machines");
  await door.line("started");
  return { ...door, port: address.port };
}

const spec: NonNullable<MachineRegistration["spec"]> = {
  machineName: "${Runtime/Hostname}-${Random/Hex/6}",
  config: { elemental: { registration: { auth: "tpm" } } },
};

const registrationFor = (servedBy: readonly Replica[], inNamespace = namespace) =>
  addReadyRegistration(
    cluster.kube,
    { namespace: inNamespace, spec },
    servedBy.map(({ port }) => port),
  );

const newMachine = () => softwareMachine(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey);
const told = { data: { Runtime: { Hostname: "h1" } } };

/** A conversation up to the negotiated version; the status of the answer where it was refused before. */
async function begin(machine: SoftwareMachine, { port }: Replica, path: string): Promise<RawClient | number> {
  const client = await RawClient.upgrade(port, path, `Bearer TPM${machine.document}`);
  const { status } = await client.answer();
  if (status !== 101) return status;
  client.send(machine.answer(await client.message()));
  await client.message();
  client.send([5, 12]);
  await client.message();
  return client;
}

/** The answer to Get. */
async function register(machine: SoftwareMachine, door: Replica, path: string): Promise<string> {
  const client = await begin(machine, door, path);
  return typeof client === "number" ? `refused: ${client}` : tell(client, told);
}

/** Rejects when the connection is lost. */
async function registerForever(machine: SoftwareMachine, door: Replica, path: string): Promise<never> {
  for (;;) await register(machine, door, path);
}

async function inventories(inNamespace = namespace): Promise<MachineInventory[]> {
  return (await cluster.kube.list(machineInventories, { namespace: inNamespace })).items;
}

const hashes = (items: MachineInventory[]) => items.map(({ spec }) => spec?.tpmHash);
const nameIn = (answer: string) => /secret-name: (.*)\n/.exec(answer)?.[1];

describe("one inventory per machine (H26)", () => {
  test("REG-91 one TPM at three replicas at once, without Redis", async () => {
    const path = await registrationFor(doors);
    const machine = newMachine();
    const answers = await Promise.all([...doors, ...doors, ...doors].map((door) => register(machine, door, path)));
    const [inventory, ...others] = await inventories();
    expect(others).toEqual([]);
    expect(answers.map(nameIn)).toEqual(answers.map(() => inventory?.metadata.name));
  });

  test("a replica that is killed in mid-registration leaves nothing that another one does not complete", async () => {
    const [victim, heir] = [await openReplica(), doors[0]];
    const path = await registrationFor([victim, heir]);
    const machines = Array.from({ length: 12 }, newMachine);
    const lost = Promise.allSettled(machines.map((machine) => registerForever(machine, victim, path)));
    await expect.poll(async () => (await inventories()).length, { interval: 5, timeout }).toBeGreaterThan(0);
    victim.child.kill("SIGKILL");
    await lost;
    const before = await inventories();
    const answers = await Promise.all(machines.map((machine) => register(machine, heir, path)));
    const after = await inventories();
    expect(after).toHaveLength(machines.length);
    expect(new Set(hashes(after)).size).toBe(machines.length);
    expect(answers.map(nameIn).sort()).toEqual(after.map(({ metadata }) => metadata.name).sort());
    const uids = new Set(after.map(({ metadata }) => metadata.uid));
    expect(before.filter(({ metadata }) => !uids.has(metadata.uid))).toEqual([]);
  });

  test("a replica that starts while a machine registers knows what is there", async () => {
    const path = await registrationFor(doors);
    const machine = newMachine();
    const starting = openReplica();
    const answer = await register(machine, doors[0], path);
    expect(await register(machine, await starting, path)).toContain(`secret-name: ${nameIn(answer)}\n`);
    expect(await inventories()).toHaveLength(1);
  });

  test("Redis is wiped, then lost", async () => {
    const dir = await mkdtemp(join(tmpdir(), "door-redis-"));
    const redis = await startRedis({ dir, path: process.env["PATH"] ?? "" });
    onTestFinished(async () => {
      await redis.stop();
      await rm(dir, { recursive: true, force: true });
    });
    const { address } = redis;
    const env: Record<string, string> =
      "socket" in address ? { REDIS_SOCKET: address.socket } : { REDIS_URL: address.url };
    const withRedis = await Promise.all([openReplica(env), openReplica(env)]);
    const path = await registrationFor(withRedis);
    const machine = newMachine();
    const everywhere = () => Promise.all(withRedis.map((door) => register(machine, door, path)));
    const answers = await everywhere();
    await wipe(address);
    answers.push(...(await everywhere()));
    await redis.stop();
    answers.push(...(await everywhere()));
    const [inventory, ...others] = await inventories();
    expect(others).toEqual([]);
    expect(answers.map(nameIn)).toEqual(answers.map(() => inventory?.metadata.name));
  });

  test("REG-92 H21 registrations of two namespaces at once: one has the machine, the other refuses it for good", async () => {
    const elsewhere = await cluster.createNamespace();
    const [here, there] = [await registrationFor(doors), await registrationFor(doors, elsewhere)];
    const machine = newMachine();
    await Promise.all([register(machine, doors[0], here), register(machine, doors[1], there)]);
    const all = [...(await inventories()), ...(await inventories(elsewhere))];
    expect(all).toHaveLength(1);
    const [own, other] = all[0]?.metadata.namespace === namespace ? [here, there] : [there, here];
    for (const door of doors) {
      await expect.poll(() => register(machine, door, other), { timeout }).toBe("refused: 401");
      expect(nameIn(await register(machine, door, own))).toBe(all[0]?.metadata.name);
    }
    expect(hashes([...(await inventories()), ...(await inventories(elsewhere))])).toEqual(hashes(all));
  });
});

/** FLUSHALL. */
async function wipe(address: { socket: string } | { url: string }): Promise<void> {
  const target = "socket" in address ? { path: address.socket } : { port: Number(new URL(address.url).port) };
  const socket = connect(target);
  socket.write("FLUSHALL\r\n");
  const [answer] = await once(socket, "data");
  socket.destroy();
  expect(String(answer)).toBe("+OK\r\n");
}
