import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect as connectSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { customResourceDefinitions } from "@elemental/api";
import type { Kube } from "@elemental/kube";
import { type RedisServer, startRedis } from "@elemental/queue";
import { freePort } from "../bench/environment/free-port.ts";
import { type ServiceName, type ServiceProcess, startService } from "../bench/environment/service.ts";
import { connectToCluster } from "../kube/cluster.ts";
import { machineDefinition } from "../kube/machine-definition.ts";
import { type ControlPlane, startControlPlane } from "./control-plane.ts";
import { startProxy, type TcpProxy } from "./tcp-proxy.ts";

/** One of two replicas of a service. */
export interface Replica {
  start(): Promise<void>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
}

type Side = "a" | "b";

/** Two replicas of every service as processes, on a real control plane and a real Redis, each of which can be ill-treated. */
export interface System {
  kube: Kube;
  createNamespace(): Promise<string>;
  /** Where machines reach one of the doors. */
  url: string;
  controlPlane: ControlPlane;
  redis: { flush(): Promise<void>; stop(): Promise<void>; start(): Promise<void> };
  /** The network between the replicas of a side and the API server. */
  network: Record<Side, TcpProxy>;
  replica(name: ServiceName, side: Side): Replica;
  running(): ServiceProcess[];
  /** The error lines that all processes have logged so far. */
  errors(): Promise<string[]>;
}

/** Starts all of it; it ends with `parts`, last started first. */
export async function startSystem(parts: AsyncDisposableStack): Promise<System> {
  const directory = await mkdtemp(join(tmpdir(), "faults-"));
  parts.defer(() => rm(directory, { recursive: true, force: true }));
  const controlPlane = await startControlPlane();
  parts.defer(() => controlPlane.stop());
  const cluster = await connectToCluster(controlPlane.kubeconfig, [...customResourceDefinitions(), machineDefinition]);
  parts.defer(() => cluster.close());
  const redis = await openRedis(directory, parts);
  const proxy = async (targets: number[]) => parts.adopt(await startProxy(targets), (opened) => opened.close());
  const network = { a: await proxy([controlPlane.port]), b: await proxy([controlPlane.port]) };
  const doors = { a: await freePort(), b: await freePort() };
  const gateways = { a: await freePort(), b: await freePort() };
  const url = `http://127.0.0.1:${(await proxy(Object.values(doors))).port}`;
  const gatewayUrl = `http://127.0.0.1:${(await proxy(Object.values(gateways))).port}`;
  const tokenFile = join(directory, "gateway-token");
  await writeFile(tokenFile, "a secret of the door and the gateway");
  const environment = async (name: ServiceName, side: Side): Promise<Record<string, string>> => ({
    KUBECONFIG: await controlPlane.kubeconfigThrough(network[side].port),
    REDIS_SOCKET: join(directory, "redis.sock"),
    ...(name !== "selector-controller" && { SERVER_URL: url }),
    ...(name === "inventory-controller" && {
      GATEWAY_ADDRESS: `127.0.0.1:${gateways[side]}`,
      GATEWAY_TOKEN_FILE: tokenFile,
    }),
    ...(name === "registration-api" && {
      LISTEN_ADDRESS: `127.0.0.1:${doors[side]}`,
      AGENT_GATEWAY_URL: gatewayUrl,
      AGENT_GATEWAY_TOKEN_FILE: tokenFile,
    }),
  });
  const processes = new Processes(directory, environment);
  parts.defer(() => processes.stop());
  return {
    kube: cluster.kube,
    createNamespace: cluster.createNamespace,
    url,
    controlPlane,
    redis,
    network,
    replica: (name, side) => processes.replica(name, side),
    running: () => processes.running(),
    errors: () => processes.errors(),
  };
}

async function openRedis(dir: string, parts: AsyncDisposableStack): Promise<System["redis"]> {
  const start = () => startRedis({ dir, path: process.env["PATH"] ?? "" });
  let server: RedisServer = await start();
  parts.defer(() => server.stop());
  return {
    flush: () => command(join(dir, "redis.sock"), "FLUSHALL"),
    stop: () => server.stop(),
    async start() {
      server = await start();
    },
  };
}

/** Sends one command and resolves when it was answered. */
function command(socket: string, text: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const connection = connectSocket(socket, () => connection.write(`${text}\r\n`));
  connection.once("error", reject).once("data", () => {
    connection.destroy();
    resolve();
  });
  return promise;
}

class Processes {
  readonly #directory: string;
  readonly #environment: (name: ServiceName, side: Side) => Promise<Record<string, string>>;
  readonly #running = new Map<string, ServiceProcess>();
  readonly #all: ServiceProcess[] = [];

  constructor(directory: string, environment: (name: ServiceName, side: Side) => Promise<Record<string, string>>) {
    this.#directory = directory;
    this.#environment = environment;
  }

  replica(name: ServiceName, side: Side): Replica {
    const id = `${name} ${side}`;
    return {
      start: async () => {
        const env = await this.#environment(name, side);
        const process = await startService({ name, env, logDirectory: this.#directory });
        this.#running.set(id, process);
        this.#all.push(process);
      },
      kill: async () => {
        await this.#running.get(id)?.kill();
        this.#running.delete(id);
      },
    };
  }

  running(): ServiceProcess[] {
    return [...this.#running.values()];
  }

  async errors(): Promise<string[]> {
    const logs = await Promise.all(this.#all.map(async (process) => process.log()));
    return logs.flatMap((log) => log.split("\n")).filter((line) => line.includes('"level":"error"'));
  }

  async stop(): Promise<void> {
    await Promise.all(this.running().map((process) => process.stop()));
  }
}
