import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { collections } from "./client/kinds.ts";
import { type EmbeddedKubernetes, type EmbeddedKubernetesOptions, startEmbeddedKubernetes } from "./embedded.ts";
import { readPodLog } from "./testing/pod-log.ts";
import { accountIsThere, shell, testImages, testPods } from "./testing/pods.ts";

let dataDir: string;
let running: EmbeddedKubernetes[];
let child: ChildProcess | undefined;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "embedded-"));
  running = [];
});
afterEach(async () => {
  for (const kubernetes of running) await kubernetes.stop();
  child?.kill("SIGKILL");
  await rm(dataDir, { recursive: true, force: true });
});

async function start(options: Partial<EmbeddedKubernetesOptions> = {}): Promise<EmbeddedKubernetes> {
  const kubernetes = await startEmbeddedKubernetes({
    listen: { host: "127.0.0.1", port: 0 },
    onError: (error, doing) => expect.fail(`could not ${doing}: ${error}`),
    ...options,
  });
  running.push(kubernetes);
  return kubernetes;
}

async function stopAll(): Promise<void> {
  for (const kubernetes of running.splice(0)) await kubernetes.stop();
}

const settings = (value: string) => ({
  ...{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings", namespace: "default" } },
  data: { value },
});

test("a restart keeps objects and certificates", async () => {
  const first = await start({ dataDir });
  await first.loopback.create(collections.configMaps, settings("kept"));
  expect(statSync(join(dataDir, "kubeconfig")).mode & 0o777).toBe(0o600);
  await stopAll();
  const second = await start({ dataDir });
  const found = await second.loopback.get(collections.configMaps, "default", "settings");
  expect(found).toMatchObject({ data: { value: "kept" } });
  expect(second.pki.authority.certificate).toBe(first.pki.authority.certificate);
  expect(second.pki.administrator).toEqual(first.pki.administrator);
});

test("without a folder nothing stays behind", async () => {
  const { kubeconfig } = await start();
  expect(existsSync(kubeconfig)).toBe(true);
  await stopAll();
  expect(existsSync(join(kubeconfig, ".."))).toBe(false);
});

test("an address in use is one clear error, and nothing stays behind", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as { port: number };
  await expect(start({ listen: { host: "127.0.0.1", port } })).rejects.toThrow(new RegExp(`127\\.0\\.0\\.1:${port}`));
  expect(running).toEqual([]);
  taken.close();
});

test("kubectl's way to a log: the API hands it out from the runner", async () => {
  const kubernetes = await start({ pods: { images: testImages } });
  const pods = testPods(kubernetes.loopback, "default");
  await accountIsThere(kubernetes.loopback, "default");
  await pods.create("talks", { restartPolicy: "Never", containers: [shell("c", "echo said")] });
  await pods.phase("talks", "Succeeded");
  expect(await readPodLog(kubernetes, "talks")).toBe("said\n");
});

test("after a crash: what it left running is killed, and its Pod settled", async () => {
  const program = fileURLToPath(new URL("testing/embedded-process.ts", import.meta.url));
  child = spawn(process.execPath, [program, dataDir], { stdio: ["ignore", "pipe", "inherit"] });
  const [output] = child.stdout ? await once(child.stdout, "data") : [""];
  const [main = 0, stray = 0] = String(output).trim().split(" ").map(Number);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(isRunning(stray)).toBe(true);
  const { loopback } = await start({ dataDir, pods: { images: testImages } });
  await vi.waitFor(() => expect([main, stray].filter(isRunning)).toEqual([]));
  const pod = await testPods(loopback, "default").phase("left", "Failed");
  expect(pod.status?.containerStatuses?.[0]?.state.terminated?.reason).toBe("ContainerStatusUnknown");
});

function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
}
