import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { apiVersion, type MachineInventory, machineInventories, type Secret, secrets } from "@elemental/api";
import type { Kube } from "@elemental/kube";
import { connectAs } from "@elemental/test/account";
import { connectToCluster, type TestCluster } from "@elemental/test/kube";
import { afterAll, beforeAll, beforeEach, expect, inject, test, vi } from "vitest";
import { type ClusterSystem, issueToken, startOnCluster } from "../testing/cluster-system.ts";
import { readEvents } from "../testing/test-gateway.ts";

const run = promisify(execFile);

let cluster: TestCluster;
let own: Kube;
let system: ClusterSystem;
let namespace: string;

beforeAll(async () => {
  cluster = await connectToCluster(inject("kubeconfig"));
  own = await connectAs("inventory-controller");
  system = await startOnCluster(own);
});
afterAll(async () => {
  await system?.stop();
  await own?.close();
  await cluster?.close();
});
beforeEach(async () => {
  namespace = await cluster.createNamespace();
});

const eventually = <T>(check: () => Promise<T>) => vi.waitFor(check, { timeout: 20_000, interval: 50 });

async function register(name: string): Promise<{ token: string; inventory: MachineInventory }> {
  const { token, credential } = issueToken();
  const metadata = { namespace, name };
  const object = { apiVersion, kind: "MachineInventory", metadata, spec: { credential } } as const;
  const inventory = await cluster.kube.create(machineInventories, object);
  await eventually(async () => expect((await ask(token, secretPath(name))).status).toBe(200));
  return { token, inventory };
}

const secretPath = (name: string) => `/api/v1/namespaces/${namespace}/secrets/${name}`;

function ask(token: string, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${system.agentUrl}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, ...init.headers },
  });
}

const put = (secret: Secret): RequestInit => ({
  method: "PUT",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(secret),
});

test("GW-1 GW-5 GW-6 C-117 a machine follows its plan and reports on it", async () => {
  const { token } = await register("m1");
  const query =
    "?watch=true&fieldSelector=metadata.name%3Dm1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
  const events = readEvents(await ask(token, `/api/v1/namespaces/${namespace}/secrets${query}`));
  // The gateway's own watch may learn of the Secret after a GET has seen it.
  const initial = [await events.next(), await events.next()];
  expect(initial.map((event) => event?.type).sort()).toEqual(["ADDED", "BOOKMARK"]);
  const added = initial.find((event) => event?.type === "ADDED");
  expect(added).toMatchObject({ object: { kind: "Secret", apiVersion: "v1", data: { plan: "e30=" } } });
  const secret = added?.object as Secret;
  const reported = { ...secret, data: { ...secret.data, "applied-checksum": "NDQ=", "probe-statuses": "e30=" } };
  expect((await ask(token, secretPath("m1"), put(reported))).status).toBe(200);
  expect(await events.next()).toMatchObject({ type: "MODIFIED", object: { data: reported.data } });
  expect((await ask(token, secretPath("m1"), put(reported))).status).toBe(409);
  const current = (await (await ask(token, secretPath("m1"))).json()) as Secret;
  const stolen = { ...current, data: { ...current.data, plan: "ZXZpbA==" } };
  expect((await ask(token, secretPath("m1"), put(stolen))).status).toBe(403);
  const body = { data: { plan: "eyJhIjoxfQ==" } };
  await cluster.kube.patch(secrets, { namespace, name: "m1" }, { type: "merge", body });
  expect(await events.next()).toMatchObject({ type: "MODIFIED", object: { data: body.data } });
  await events.cancel();
});

test("GW-2 GW-3 C-117 D-04 a machine reaches nothing of others, and nothing once its inventory is gone", async () => {
  const [one, two] = await Promise.all([register("m1"), register("m2")]);
  expect((await ask(one.token, secretPath("m2"))).status).toBe(403);
  await cluster.kube.delete(machineInventories, { namespace, name: "m1" });
  await eventually(async () => expect((await ask(one.token, secretPath("m1"))).status).toBe(401));
  expect((await ask(two.token, secretPath("m2"))).status).toBe(200);
});

test("GW-8 kubectl reads and lists the plan Secret", async () => {
  const { token } = await register("m1");
  const kubectl = async (...args: string[]) => {
    const common = [
      "--server",
      system.tlsUrl,
      "--insecure-skip-tls-verify",
      "--token",
      token,
      "--namespace",
      namespace,
      "--kubeconfig",
      "/dev/null",
    ];
    return (await run("kubectl", [...common, ...args])).stdout;
  };
  expect(await kubectl("get", "secret", "m1", "-o", "jsonpath={.data.plan}")).toBe("e30=");
  expect(await kubectl("get", "secrets", "--field-selector", "metadata.name=m1", "-o", "name")).toBe("secret/m1\n");
  expect(JSON.parse(await kubectl("version", "-o", "json"))).toMatchObject({ serverVersion: { major: "1" } });
  expect(await kubectl("api-resources", "-o", "name")).toBe("secrets\n");
  await expect(kubectl("get", "secret", "m2")).rejects.toThrow(/Forbidden/);
});
