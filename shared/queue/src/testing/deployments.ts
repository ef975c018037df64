import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryStore, openAuthority } from "@elemental/apiserver";
import { Redis, type RedisOptions } from "ioredis";
import { vi } from "vitest";
import type { RedisAddress } from "../redis/connection.ts";

/** Redis as others run it, on loopback ports; every part asks for a password. */
export interface Deployment {
  address: RedisAddress;
  /** Of `sentinel`: the master ends, and its replica is promoted. */
  loseMaster(): Promise<void>;
  stop(): Promise<void>;
}

export const password = "p@ss:word";
const login = encodeURIComponent(password);
const deadline = { timeout: 60_000, interval: 50 };

/** One server that speaks TLS only. */
export async function tlsServer(): Promise<Deployment> {
  const host = await openHost();
  const port = await host.redis(["--tls-cluster", "no"], { tls: true });
  return host.deployment({ url: `rediss://:${login}@127.0.0.1:${port}`, tls: host.tls });
}

/** Three masters that share the keys and speak TLS only. */
export async function tlsCluster(): Promise<Deployment> {
  const host = await openHost();
  const busPort = async () => ["--cluster-enabled", "yes", "--cluster-port", String(await freePort())];
  const nodes: { port: number; bus: number }[] = [];
  for (const _ of Array(3)) {
    const args = await busPort();
    nodes.push({ port: await host.redis([...args, "--tls-cluster", "yes"], { tls: true }), bus: Number(args[3]) });
  }
  const clients = nodes.map(({ port }) => host.client(port, { tls: host.tls }));
  const slots = [0, 5000, 10_000, 16_384];
  for (const [index, client] of clients.entries()) {
    await client.call("CLUSTER", "ADDSLOTSRANGE", String(slots[index]), String((slots[index + 1] ?? 0) - 1));
    const { port = 0, bus = 0 } = nodes[0] ?? {};
    if (index > 0) await client.call("CLUSTER", "MEET", "127.0.0.1", String(port), String(bus));
  }
  for (const client of clients) {
    await vi.waitUntil(async () => {
      const info = String(await client.call("CLUSTER", "INFO"));
      return info.includes("cluster_state:ok") && info.includes("cluster_known_nodes:3");
    }, deadline);
    client.disconnect();
  }
  const hosts = nodes.map(({ port }) => `127.0.0.1:${port}`).join(",");
  return host.deployment({ url: `rediss+cluster://:${login}@${hosts}`, tls: host.tls });
}

/** A master and its replica, watched by a sentinel. */
export async function sentinel(): Promise<Deployment> {
  const host = await openHost();
  const auth = ["--masterauth", password];
  const master = await host.redis(auth);
  const replica = await host.redis([...auth, "--replicaof", "127.0.0.1", String(master)]);
  const config = [
    `sentinel monitor mine 127.0.0.1 ${master} 1`,
    `sentinel auth-pass mine ${password}`,
    "sentinel down-after-milliseconds mine 1000",
    "sentinel failover-timeout mine 3000",
  ];
  const port = await host.redis(["--sentinel"], { config });
  const watching = host.client(port, {});
  await vi.waitUntil(
    async () => String(await watching.call("SENTINEL", "REPLICAS", "mine")).includes("slave,"),
    deadline,
  );
  watching.disconnect();
  const url = `redis+sentinel://:${login}@127.0.0.1:${port}/mine?sentinelPassword=${login}`;
  return {
    ...host.deployment({ url }),
    async loseMaster() {
      await host.kill(master);
      const promoted = host.client(replica, {});
      await vi.waitUntil(async () => String(await promoted.call("ROLE")).startsWith("master"), deadline);
      promoted.disconnect();
    },
  };
}

/** A directory, certificates, and the servers in it. */
async function openHost() {
  const dir = await mkdtemp(join(tmpdir(), "elemental-redis-"));
  const authority = await openAuthority({ store: memoryStore(), commonName: "test" });
  const server = await authority.credential("server", { commonName: "redis", hosts: ["127.0.0.1"] });
  const client = await authority.credential("client", { commonName: "redis" });
  const files = {
    "ca-cert": authority.certificate,
    cert: server.certificate,
    key: server.key,
    "client-cert": client.certificate,
    "client-key": client.key,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
  const children = new Map<number, ChildProcess>();
  const kill = async (port: number) => {
    const child = children.get(port);
    if (child?.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "close");
  };
  const tls = { ca: authority.certificate };
  return {
    tls,
    kill,
    client: (port: number, options: RedisOptions) =>
      new Redis({ port, host: "127.0.0.1", password, ...options }).on("error", () => undefined),
    /** Starts a server on a free port and resolves with it when it answers. */
    async redis(args: string[], { tls: secure = false, config = [] as string[] } = {}): Promise<number> {
      const port = await freePort();
      const data = join(dir, String(port));
      await mkdir(data);
      const lines = [...config, `requirepass ${password}`, `dir ${data}`, 'save ""', "repl-diskless-sync-delay 0"];
      await writeFile(join(data, "redis.conf"), lines.join("\n"));
      const tlsArgs = Object.keys(files).flatMap((name) => [`--tls-${name}-file`, join(dir, name)]);
      const ports = secure
        ? [
            "--port",
            "0",
            "--tls-port",
            String(port),
            "--tls-replication",
            "yes",
            "--tls-auth-clients",
            "no",
            ...tlsArgs,
          ]
        : ["--port", String(port)];
      const child = spawn("redis-server", [join(data, "redis.conf"), "--bind", "127.0.0.1", ...ports, ...args], {
        stdio: "ignore",
      });
      children.set(port, child);
      const client = new Redis({ port, host: "127.0.0.1", password, ...(secure && { tls }) }).on(
        "error",
        () => undefined,
      );
      await vi.waitUntil(() => client.status === "ready" || child.exitCode !== null, deadline);
      client.disconnect();
      if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
      return port;
    },
    deployment: (address: RedisAddress): Deployment => ({
      address,
      loseMaster: () => Promise.reject(new Error("nobody takes over here")),
      async stop() {
        for (const port of children.keys()) await kill(port);
        await rm(dir, { recursive: true, force: true });
      },
    }),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}
