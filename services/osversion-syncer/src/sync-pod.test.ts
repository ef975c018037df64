import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { findCondition, managedOSVersionChannels, managedOSVersions, pods } from "@elemental/api";
import { imageCatalog, startEmbeddedKubernetes } from "@elemental/apiserver";
import { isKubeError } from "@elemental/kube";
import { memoryQueues } from "@elemental/queue";
import { connectToCluster, type TestCluster } from "@elemental/test/kube";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startOsVersionSyncer } from "./start.ts";

const operatorImage = "operator.example/image:1";
const program = fileURLToPath(new URL("command/main.ts", import.meta.url));

const closers: (() => unknown)[] = [];
let cluster: TestCluster;
let list: { status: number; body: string };
let url: string;

beforeAll(async () => {
  const image = { entrypoint: [process.execPath, program] };
  const kubernetes = await startEmbeddedKubernetes({
    listen: { host: "127.0.0.1", port: 0 },
    pods: { images: imageCatalog([{ pattern: operatorImage, image }]) },
    onError: (error, doing) => process.stderr.write(`embedded Kubernetes could not ${doing}: ${error}\n`),
  });
  closers.push(() => kubernetes.stop());
  cluster = await connectToCluster(kubernetes.kubeconfig);
  closers.push(() => cluster.close());
  const queues = memoryQueues();
  const settings = { operatorImage, proxyEnv: {}, defaultRegistry: "" };
  const syncer = startOsVersionSyncer({ kube: cluster.kube, queues, settings });
  closers.push(
    () => queues.close(),
    () => syncer.stop(),
  );
  const server = createServer((_request, response) => response.writeHead(list.status).end(list.body));
  server.listen(0, "127.0.0.1");
  closers.push(() => server.close());
  await Promise.all([once(server, "listening"), syncer.started()]);
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/list.json`;
});
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

test("C-102 D-26 a Pod fetches the list of a json channel, and an error page is told as such", async () => {
  const { kube } = cluster;
  const namespace = await cluster.createNamespace();
  const key = { namespace, name: "stable" };
  list = { status: 404, body: "<html>" };
  await kube.create(managedOSVersionChannels, {
    apiVersion: "elemental.cattle.io/v1beta1",
    kind: "ManagedOSVersionChannel",
    metadata: key,
    spec: { type: "json", options: { uri: url } },
  });
  const ready = async () => findCondition((await kube.get(managedOSVersionChannels, key)).status?.conditions, "Ready");
  await vi.waitFor(
    async () =>
      expect(await ready()).toMatchObject({
        reason: "FailedToSync",
        message: `failed channel synchronization: download: GET ${url}: 404 Not Found`,
      }),
    { timeout: 20_000, interval: 100 },
  );
  const version = {
    metadata: { name: "v1" },
    spec: { version: "1", type: "iso", metadata: { uri: "registry/iso:1" } },
  };
  list = { status: 200, body: JSON.stringify([version]) };
  await vi.waitFor(async () => expect(await ready()).toMatchObject({ status: "True", reason: "Synchronized" }), {
    timeout: 25_000,
    interval: 100,
  });
  expect((await kube.get(managedOSVersions, { namespace, name: "v1" })).spec).toEqual(version.spec);
  await vi.waitFor(() => expect(kube.get(pods, key)).rejects.toSatisfy((error) => isKubeError(error, "NotFound")));
});
