import {
  conditionTypes,
  isTrue,
  type MachineRegistration,
  machineInventories,
  machineRegistrations,
  secrets,
} from "@elemental/api";
import { listenForDoor, startInventoryController } from "@elemental/inventory-controller";
import { connect, type Kube } from "@elemental/kube";
import { memoryQueues } from "@elemental/queue";
import { type DoorOptions, forwardAgents, start as startDoor } from "@elemental/registration-api";
import { createLogger } from "@elemental/service";
import { ownSettings } from "@elemental/settings";
import { Registry } from "prom-client";
import { expect, vi } from "vitest";
import { connectToCluster } from "../kube/index.ts";

/** The secret that door and gateway share. */
const gatewayToken = "between-door-and-gateway";

type Spec = NonNullable<MachineRegistration["spec"]>;

/** The door and the controller of machines, on the API of the suite; everything they log and write is seen. */
export interface AttackedSystem {
  port: number;
  /** Where the door forwards agents to. */
  gatewayUrl: string;
  kube: Kube;
  /** A namespace with a registration that is ready. */
  open(spec: Spec): Promise<Target>;
  /** What the services logged so far. */
  logged(): string;
  registry: Registry;
  /**
   * Runs an attack on the target and requires that it wrote nothing: no service sent a write other than an Event, and no
   * object of the namespace is new, gone or changed. That is required again when the system stops.
   */
  unharmed<T>(target: Target, attack: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

export interface Target {
  namespace: string;
  registration: MachineRegistration;
  /** The path of the registration. */
  path: string;
}

export async function startSystem(kubeconfig: string, options: Partial<DoorOptions> = {}): Promise<AttackedSystem> {
  const cluster = await connectToCluster(kubeconfig);
  const writes: string[] = [];
  const onRequest = (method: string, resource: string) => {
    if (method !== "GET" && resource !== "events") writes.push(`${method} ${resource}`);
  };
  const kube = await connect({ kubeconfig, userAgent: "attacked", fieldManager: "attacked", onRequest });
  const lines: string[] = [];
  const log = createLogger({
    name: "attacked",
    level: "debug",
    destination: { write: (line) => void lines.push(line) },
  });
  const [queues, registry] = [memoryQueues(), new Registry()];
  const settings = ownSettings({ serverUrl: "https://door.example.com", caCert: undefined, strictTls: true });
  const controller = await startInventoryController({ kube, queues, settings, logger: log });
  const listener = await listenForDoor(controller.gateway, {
    address: { host: "127.0.0.1", port: 0 },
    token: gatewayToken,
  });
  const gatewayUrl = `http://127.0.0.1:${listener.address.port}`;
  const agents = forwardAgents({ gatewayUrl, gatewayToken });
  const listen = { host: "127.0.0.1", port: 0 };
  const door = await startDoor({ kube, queues, settings, log, registry, listen, agents, ...options });
  const intact = new Map<string, string>();
  return {
    port: door.address.port,
    gatewayUrl,
    kube: cluster.kube,
    registry,
    logged: () => lines.join(""),
    async open(spec) {
      const namespace = await cluster.createNamespace();
      return openTarget(cluster.kube, { namespace, spec, port: door.address.port });
    },
    async unharmed({ namespace }, attack) {
      const before = await snapshot(cluster.kube, namespace);
      const count = writes.length;
      const result = await attack();
      expect(writes.slice(count)).toEqual([]);
      expect(await snapshot(cluster.kube, namespace)).toBe(before);
      intact.set(namespace, before);
      return result;
    },
    async stop() {
      await door.close();
      await listener.close();
      await controller.stop();
      for (const [namespace, before] of intact) expect(await snapshot(cluster.kube, namespace)).toBe(before);
      await Promise.all([queues.close(), kube.close(), cluster.close()]);
    },
  };
}

async function openTarget(
  kube: Kube,
  { namespace, spec, port }: { namespace: string; spec: Spec; port: number },
): Promise<Target> {
  const metadata = { namespace, name: "target" };
  const kind = "MachineRegistration";
  await kube.create(machineRegistrations, { apiVersion: "elemental.cattle.io/v1beta1", kind, metadata, spec });
  return vi.waitFor(
    async () => {
      const registration = await kube.get(machineRegistrations, metadata);
      expect(isTrue(registration.status?.conditions, conditionTypes.ready)).toBe(true);
      const path = `/elemental/registration/${registration.status?.registrationToken}`;
      expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(200);
      return { namespace, registration, path };
    },
    { timeout: 30_000, interval: 50 },
  );
}

/** Every object of ours in the namespace, with its version. */
async function snapshot(kube: Kube, namespace: string): Promise<string> {
  const lists = await Promise.all([
    kube.list(machineInventories, { namespace }),
    kube.list(machineRegistrations, { namespace }),
    kube.list(secrets, { namespace }),
  ]);
  const objects = lists.flatMap(({ items }) =>
    items.map(({ kind, metadata }) => `${kind} ${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`),
  );
  return objects.sort().join("\n");
}
