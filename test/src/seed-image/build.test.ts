import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  conditionTypes,
  findCondition,
  machineRegistrations,
  namespaces,
  objectKey,
  pods,
  type SeedImage,
  seedImages,
} from "@elemental/api";
import { type EmbeddedKubernetes, imageCatalog, startEmbeddedKubernetes } from "@elemental/apiserver";
import { memoryQueues } from "@elemental/queue";
import { startSeedImageBuilder } from "@elemental/seedimage-builder";
import { ownSettings } from "@elemental/settings";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { connectToCluster, type TestCluster } from "../kube/cluster.ts";

// From a SeedImage to a downloaded ISO: real controller, real Pod processes, real xorriso, on the embedded Kubernetes.
vi.setConfig({ testTimeout: 120_000 });
const execute = promisify(execFile);
const isoBuilder = fileURLToPath(import.meta.resolve("../../../iso-builder/src/main.ts"));
const namespace = "fleet-default";
const serverUrl = "https://server.example";
const registrationURL = `${serverUrl}/elemental/registration/secret`;

let directory: string;
let web: Server;
let downloads = 0;
let kubernetes: EmbeddedKubernetes;
let cluster: TestCluster;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "elemental-seed-image-"));
  closers.push(() => rm(directory, { recursive: true, force: true }));
  await startWeb();
  const image = { entrypoint: [process.execPath, isoBuilder] };
  kubernetes = await startEmbeddedKubernetes({
    listen: { host: "127.0.0.1", port: 0 },
    pods: { images: imageCatalog([{ pattern: "iso-builder", image }]) },
    onError: (error, doing) => console.error(`embedded API could not ${doing}`, error),
  });
  closers.push(() => kubernetes.stop());
  cluster = await connectToCluster(kubernetes.kubeconfig);
  closers.push(() => cluster.close());
  await startController();
  await makeRegistration();
}, 60_000);

afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

async function startWeb(): Promise<void> {
  const tree = join(directory, "tree");
  await mkdir(tree);
  await writeFile(join(tree, "rootfs.squashfs"), Buffer.alloc(500_000, "squash"));
  const base = join(directory, "base.iso");
  await execute("xorriso", ["-no_rc", "-volid", "COS_LIVE", "-outdev", `stdio:${base}`, "-map", tree, "/"]);
  const content = await readFile(base);
  const etag = createHash("sha256").update(content).digest("hex");
  web = createServer((request, response) => {
    if (request.headers["if-none-match"] === etag) return void response.writeHead(304).end();
    downloads += 1;
    response.writeHead(request.url === "/base.iso" ? 200 : 404, { etag }).end(content);
  });
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  closers.push(() => new Promise((resolve) => web.close(resolve)));
}

async function startController(): Promise<void> {
  const queues = memoryQueues();
  const builder = startSeedImageBuilder({
    kube: cluster.kube,
    queues,
    settings: ownSettings({ serverUrl, caCert: undefined, strictTls: true }),
    builder: {
      image: "iso-builder",
      imagePullPolicy: "IfNotPresent",
      baseCacheDirectory: join(directory, "cache"),
      allowLocalBase: true,
    },
  });
  closers.push(() => queues.close());
  closers.push(() => builder.stop());
  await builder.started();
}

async function makeRegistration(): Promise<void> {
  const { kube } = cluster;
  await kube.create(namespaces, { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  const registration = await kube.create(machineRegistrations, {
    apiVersion: "elemental.cattle.io/v1beta1",
    kind: "MachineRegistration",
    metadata: { name: "fire-nodes", namespace },
    spec: {},
  });
  const ready = { type: "Ready", status: "True", reason: "x", message: "", lastTransitionTime: "2026-01-01T00:00:00Z" };
  const body = { status: { registrationURL, conditions: [ready] } };
  await kube.patchStatus(machineRegistrations, objectKey(registration), { type: "merge", body });
}

async function create(name: string, spec: SeedImage["spec"] | object = {}): Promise<void> {
  const { port } = web.address() as AddressInfo;
  await cluster.kube.create(seedImages, {
    apiVersion: "elemental.cattle.io/v1beta1",
    kind: "SeedImage",
    metadata: { name, namespace },
    spec: {
      type: "iso",
      baseImage: `http://127.0.0.1:${port}/base.iso`,
      registrationRef: { name: "fire-nodes", namespace },
      ...spec,
    },
  });
}

/** The image once its build says `reason`. */
async function until(name: string, reason: string): Promise<SeedImage> {
  return vi.waitFor(
    async () => {
      const image = await cluster.kube.get(seedImages, { namespace, name });
      const condition = findCondition(image.status?.conditions, conditionTypes.seedImageReady);
      expect(`${condition?.reason} ${condition?.message}`).toContain(reason);
      return image;
    },
    { timeout: 30_000, interval: 50 },
  );
}

/** Downloads as the door does: by the Service's address. */
async function fetchFrom(name: string, file: string): Promise<Response> {
  const address = await kubernetes.serviceAddress(namespace, name, 80);
  if (!address) throw new Error(`Service ${name} has no ready Pod`);
  return fetch(`http://${address.host}:${address.port}/${file}`);
}

async function downloadedIso(name: string): Promise<{ path: string; file: string }> {
  const { status } = await until(name, "SeedImageBuildSuccess");
  const file = status?.downloadURL?.split("/").at(-1) ?? "";
  const response = await fetchFrom(name, file);
  expect(response.status).toBe(200);
  await writeFile(join(directory, file), Buffer.from(await response.arrayBuffer()));
  return { path: join(directory, file), file };
}

test("C-091 C-098 CLI-75 a SeedImage becomes an ISO with the registration in it, to download with its checksum", async () => {
  await create("fire");
  const { path, file } = await downloadedIso("fire");
  expect(file).toMatch(/^fire-nodes-\d{8}T\d{6}Z\.iso$/);
  const checksum = await (await fetchFrom("fire", `${file}.sha256`)).text();
  expect(checksum).toBe(
    `${createHash("sha256")
      .update(await readFile(path))
      .digest("hex")}  ${file}\n`,
  );
  const extracted = join(directory, "registration.yaml");
  await execute("xorriso", ["-osirrox", "on", "-indev", path, "-extract", "/livecd-cloud-config.yaml", extracted]);
  expect(await readFile(extracted, "utf8")).toBe(`elemental:\n  registration:\n    url: ${registrationURL}\n`);
  expect((await fetchFrom("fire", "base.iso")).status).toBe(404);
});

test("images from one base fetch and store it once", async () => {
  await Promise.all([create("water"), create("earth")]);
  await Promise.all([until("water", "SeedImageBuildSuccess"), until("earth", "SeedImageBuildSuccess")]);
  expect(await readdir(join(directory, "cache", "blobs"))).toHaveLength(1);
  expect(downloads).toBe(1);
});

test("CLI-76 a base that is not there is told in the condition", async () => {
  const { port } = web.address() as AddressInfo;
  await create("air", { baseImage: `http://127.0.0.1:${port}/other.iso` });
  await until("air", "SeedImageBuildFailure pod failed: container build: ");
  const image = await until("air", "the server answered 404: check spec.baseImage");
  expect(image.status?.downloadURL).toBeUndefined();
});

test("a base may be a file of this machine", async () => {
  await create("stone", { baseImage: join(directory, "base.iso") });
  await until("stone", "SeedImageBuildSuccess");
});

test("C-094 a lost Pod's image is built again under a new token", async () => {
  const before = await until("fire", "SeedImageBuildSuccess");
  await cluster.kube.delete(pods, { namespace, name: "fire" });
  await vi.waitFor(
    async () => {
      const { status } = await until("fire", "SeedImageBuildSuccess");
      expect(status?.downloadToken).not.toBe(before.status?.downloadToken);
    },
    { timeout: 30_000, interval: 100 },
  );
});
