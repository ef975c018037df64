import { createHash, randomBytes } from "node:crypto";
import { apiVersion, machineInventories, secrets, secretTypes } from "@elemental/api";
import { type GatewayListener, listenForDoor, startInventoryController } from "@elemental/inventory-controller";
import { connect, type Kube } from "@elemental/kube";
import { memoryQueues } from "@elemental/queue";
import { type AgentHandler, type DoorOptions, forwardAgents, start as startDoor } from "@elemental/registration-api";
import { silentLogger } from "@elemental/service";
import { ownSettings } from "@elemental/settings";
import { Registry } from "prom-client";
import { expect, vi } from "vitest";

const settings = ownSettings({ serverUrl: "https://door.example.com", caCert: undefined, strictTls: true });
const loopback = { host: "127.0.0.1", port: 0 };
const token = "between-door-and-gateway";

/** One replica of the controller of machines with its gateway. */
export interface Replica {
  handler: AgentHandler;
  /** Requests for Secrets that it sent to the API server; a watch is one. */
  secretReads(): number;
  /** Its connections break, as when its process is killed; then nothing of it is left. */
  kill(): Promise<void>;
}

export async function startReplica(kubeconfig: string): Promise<Replica> {
  let reads = 0;
  const onRequest = (method: string, resource: string) => {
    if (method === "GET" && resource === "secrets") reads += 1;
  };
  const kube = await connect({ kubeconfig, userAgent: "replica", fieldManager: "replica", onRequest });
  const queues = memoryQueues();
  const controller = await startInventoryController({ kube, queues, settings });
  const listener: GatewayListener = await listenForDoor(controller.gateway, { address: loopback, token });
  const gatewayUrl = `http://127.0.0.1:${listener.address.port}`;
  return {
    handler: forwardAgents({ gatewayUrl, gatewayToken: token }),
    secretReads: () => reads,
    async kill() {
      await listener.close();
      await controller.stop();
      await Promise.all([queues.close(), kube.close()]);
    },
  };
}

/** A door that hands each request of an agent to the next of the replicas, as a Service does. */
export async function startDoorBefore(
  kubeconfig: string,
  replicas: readonly Replica[],
  more: Partial<DoorOptions> = {},
) {
  const kube = await connect({ kubeconfig, userAgent: "door", fieldManager: "door" });
  const queues = memoryQueues();
  let turn = 0;
  const agents: AgentHandler = (...call) => replicas[turn++ % replicas.length]?.handler(...call);
  const parts = { kube, queues, settings, log: silentLogger, registry: new Registry(), listen: loopback, agents };
  const door = await startDoor({ ...parts, ...more });
  return {
    port: door.address.port,
    async stop() {
      await door.close();
      await Promise.all([queues.close(), kube.close()]);
    },
  };
}

export interface FleetMachine {
  name: string;
  token: string;
}

/** Creates inventories with credentials, and waits until the controller has given each its plan Secret. */
export async function createFleet(kube: Kube, namespace: string, names: readonly string[]): Promise<FleetMachine[]> {
  const machines = names.map((name) => ({ name, token: randomBytes(32).toString("hex") }));
  await inParallel(machines, async ({ name, token }) => {
    const hash = createHash("sha256").update(token).digest("hex");
    const spec = { credential: { hash, issuedAt: "2026-01-01T00:00:00Z" } };
    await kube.create(machineInventories, {
      apiVersion,
      kind: "MachineInventory",
      metadata: { namespace, name },
      spec,
    });
  });
  await vi.waitFor(
    async () => {
      const { items } = await kube.list(secrets, { namespace });
      expect(items.filter(({ type }) => type === secretTypes.plan)).toHaveLength(names.length);
    },
    { timeout: 240_000, interval: 500 },
  );
  return machines;
}

/** Writes a plan of each machine. */
export function writePlans(
  kube: Kube,
  namespace: string,
  machines: readonly FleetMachine[],
  plan: string,
): Promise<void> {
  const body = { data: { plan: Buffer.from(plan).toString("base64") } };
  return inParallel(machines, async ({ name }) => {
    await kube.patch(secrets, { namespace, name }, { type: "merge", body });
  });
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: 32 }, worker));
}
