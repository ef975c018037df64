import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect as connectTcp } from "node:net";
import type { Duplex } from "node:stream";
import { machineInventories, type Secret, secrets } from "@elemental/api";
import { FakeRancher, type RawAnswer, RawClient } from "@elemental/registration-api/testing";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { connectToCluster, type TestCluster } from "../kube/index.ts";
import { createFleet, type FleetMachine, type Replica, startDoorBefore, startReplica, writePlans } from "./system.ts";

const prefix = "/elemental/agent";
const eventually = { timeout: 60_000, interval: 50 };

let cluster: TestCluster;
let namespace: string;
let folder: string;
let replica: Replica;
let machine: FleetMachine;
let other: FleetMachine;
let door: Awaited<ReturnType<typeof startDoorBefore>>;

beforeAll(async () => {
  const kubeconfig = inject("kubeconfig");
  cluster = await connectToCluster(kubeconfig);
  namespace = await cluster.createNamespace();
  folder = await mkdtemp("/tmp/tunnel-");
  replica = await startReplica(kubeconfig);
  const fleet = await createFleet(cluster.kube, namespace, ["m0", "m1"]);
  [machine, other] = [fleet[0] ?? fail(), fleet[1] ?? fail()];
  const tunnel = { folder, proxies: {}, pollMs: 20, redialDelay: () => 20 };
  door = await startDoorBefore(kubeconfig, [replica], { tunnel });
});
afterAll(async () => {
  await door?.stop();
  await replica?.kill();
  await cluster?.close();
  await rm(folder, { recursive: true, force: true });
});

function fail(): never {
  throw new Error("no machine was created");
}

const own = (name = machine.name) => `/api/v1/namespaces/${namespace}/secrets/${name}`;
const collection = () => `/api/v1/namespaces/${namespace}/secrets?fieldSelector=metadata.name%3D${machine.name}`;

interface Asked {
  method?: string;
  token?: string;
  body?: string;
  type?: string;
}

/** Sends a request over a connection; what comes back but the date. */
async function ask(connection: Duplex, path: string, { method = "GET", token, body, type }: Asked = {}) {
  const headers = {
    Host: "test",
    Authorization: `Bearer ${token ?? machine.token}`,
    ...(body !== undefined && { "Content-Type": type ?? "application/json", "Content-Length": `${body.length}` }),
  };
  const client = RawClient.over(connection, { method, path: `${prefix}${path}`, headers });
  if (body !== undefined) client.write(body);
  const answer: RawAnswer = await client.answer();
  const { date: _, ...kept } = answer.headers;
  return { ...answer, headers: kept };
}

const direct = async () => connectTcp(door.port, "127.0.0.1");

test("GW-12 through the Rancher tunnel and directly: the same answers", async () => {
  const rancher = await FakeRancher.start();
  await writeFile(`${folder}/url`, rancher.url);
  await writeFile(`${folder}/token`, "t");
  const session = await vi.waitFor(() => rancher.sessions[0] ?? fail(), eventually);
  const { body } = await ask(await direct(), own());
  const secret = JSON.parse(body) as Secret;
  const stale = JSON.stringify({
    ...secret,
    metadata: { ...secret.metadata, resourceVersion: "1" },
    data: { ...secret.data, "success-count": "MQ==" },
  });
  const evil = JSON.stringify({ ...secret, data: { plan: "ZXZpbA==" } });
  const requests: [string, Asked?][] = [
    ["/version"],
    ["/api"],
    ["/apis"],
    [own()],
    [collection()],
    [own(other.name)],
    [own(), { token: "unknown" }],
    [own(), { method: "PUT", body: stale }],
    [own(), { method: "PUT", body: evil }],
    [own(), { method: "DELETE" }],
    [`${collection()}&watch=true&timeoutSeconds=-1`],
  ];
  for (const [path, asked] of requests) {
    const through = await ask(session.open(), path, asked);
    expect(through).toEqual(await ask(await direct(), path, asked));
  }
});

test("GW-12 GW-7 a watch through the tunnel sees what a direct one sees, and ends with its time", async () => {
  const rancher = await FakeRancher.start();
  await writeFile(`${folder}/url`, rancher.url);
  const session = await vi.waitFor(() => rancher.sessions[0] ?? fail(), eventually);
  const path = `${prefix}${collection()}&watch=true&timeoutSeconds=3`;
  const headers = { Host: "test", Authorization: `Bearer ${machine.token}` };
  const watches = [session.open(), await direct()].map((connection) => {
    const seen: Buffer[] = [];
    connection.on("data", (chunk) => seen.push(chunk));
    RawClient.over(connection, { path, headers: { ...headers, Connection: "close" } });
    return { connection, text: () => Buffer.concat(seen).toString() };
  });
  for (const { text } of watches) await vi.waitFor(() => expect(text()).toContain('"ADDED"'), eventually);
  await writePlans(cluster.kube, namespace, [machine], "seen by both");
  for (const { text } of watches) await vi.waitFor(() => expect(text()).toContain('"MODIFIED"'), eventually);
  const eventsOf = (text: string) => text.split("\n").filter((line) => line.startsWith('{"type"'));
  for (const { text } of watches) await vi.waitFor(() => expect(text()).toMatch(/\r\n0\r\n\r\n$/), eventually);
  const [through, directly] = watches.map(({ text }) => eventsOf(text()));
  expect(through).toEqual(directly);
  expect(through).toHaveLength(2);
});

test("GW-4 a configuration fetched twice: both tokens work until the second is used, then only the second", async () => {
  const second = randomBytes(32).toString("hex");
  const hash = (token: string) => createHash("sha256").update(token).digest("hex");
  const credential = { hash: hash(second), previousHash: hash(machine.token), issuedAt: "2026-01-02T00:00:00Z" };
  const key = { namespace, name: machine.name };
  await cluster.kube.patch(machineInventories, key, { type: "merge", body: { spec: { credential } } });
  const status = async (token: string) => (await ask(await direct(), own(), { token })).status;
  expect(await status(machine.token)).toBe(200);
  await vi.waitFor(async () => expect(await status(second)).toBe(200), eventually);
  expect(await status(machine.token)).toBe(401);
  await vi.waitFor(async () => {
    const { spec } = await cluster.kube.get(machineInventories, key);
    expect(spec?.credential?.previousHash).toBeUndefined();
  }, eventually);
  expect(await status(machine.token)).toBe(401);
  machine = { ...machine, token: second };
});

test("GW-7 who was away misses nothing; a version that nobody remembers is 410", async () => {
  const { body } = await ask(await direct(), collection());
  const since = (JSON.parse(body) as { metadata: { resourceVersion: string } }).metadata.resourceVersion;
  await writePlans(cluster.kube, namespace, [machine], "one");
  await writePlans(cluster.kube, namespace, [machine], "two");
  const watch = (version: string) =>
    fetch(
      `http://127.0.0.1:${door.port}${prefix}${collection()}&watch=true&timeoutSeconds=1&resourceVersion=${version}`,
      {
        headers: { authorization: `Bearer ${machine.token}` },
      },
    ).then((answer) => answer.text());
  await vi.waitFor(async () => {
    const plans = [...(await watch(since)).matchAll(/"plan":"([^"]*)"/g)].map(([, plan = ""]) => atob(plan));
    expect(plans).toEqual(["one", "two"]);
  }, eventually);
  for (let change = 0; change < 12; change += 1) await writePlans(cluster.kube, namespace, [machine], `${change}`);
  await vi.waitFor(async () => expect(await watch(since)).toMatch(/"type":"ERROR".*"code":410/), eventually);
});

test("GW-11 a machine that sends too much is limited, another is not; a body over 1 MiB is 413", async () => {
  const get = async ({ token }: FleetMachine) => {
    const answer = await fetch(`http://127.0.0.1:${door.port}${prefix}/version`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await answer.arrayBuffer();
    return answer.status;
  };
  const large = await fetch(`http://127.0.0.1:${door.port}${prefix}${own()}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${machine.token}`, "content-type": "application/json" },
    body: "x".repeat(1024 * 1024 + 1),
  });
  expect(large.status).toBe(413);
  const statuses = await Promise.all(Array.from({ length: 300 }, () => get(machine)));
  expect(statuses).toContain(429);
  expect(await get(other)).toBe(200);
  expect((await cluster.kube.get(secrets, { namespace, name: machine.name })).data).toHaveProperty("plan");
});
