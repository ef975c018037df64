import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { seedImages } from "@elemental/api";
import { startRedis } from "@elemental/queue";
import { accountOf } from "@elemental/test/account";
import { connectToCluster } from "@elemental/test/kube";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { seedImage } from "./testing/objects.ts";

const program = fileURLToPath(new URL("./main.ts", import.meta.url));
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "elemental-main-"));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

function start(env: Record<string, string>, args: string[] = []) {
  const child = spawn(process.execPath, [program, ...args], { env: { PATH: process.env.PATH, ...env } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk;
    });
  }
  return { child, output: () => output, exited: once(child, "close").then(([code]) => code as number) };
}

test("becomes ready with Redis and the API, works, and ends cleanly", { timeout: 60_000 }, async () => {
  const redis = await startRedis({ dir: join(directory, "redis"), path: process.env.PATH ?? "" });
  const cluster = await connectToCluster(inject("kubeconfig"));
  const service = start({
    KUBECONFIG: accountOf("seedimage-builder"),
    REDIS_SOCKET: "socket" in redis.address ? redis.address.socket : "",
    HEALTH_ADDRESS: "127.0.0.1:0",
    SEEDIMAGE_IMAGE: "iso-builder",
    SERVER_URL: "https://server.example",
  });
  await vi.waitFor(() => expect(service.output()).toContain('"msg":"started"'), 30_000);
  const port = /"port":(\d+)/.exec(service.output())?.[1];
  const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
  expect(await ready.json()).toEqual({ ready: true, checks: { started: "ok" } });

  const namespace = await cluster.createNamespace();
  const { spec, ...rest } = seedImage();
  await cluster.kube.create(seedImages, { ...rest, metadata: { name: "fire", namespace }, spec });
  await vi.waitFor(
    async () => {
      const { status } = await cluster.kube.get(seedImages, { namespace, name: "fire" });
      expect(status?.conditions).toMatchObject([{ type: "Ready", status: "False", reason: "RegistrationNotFound" }]);
    },
    { timeout: 20_000, interval: 50 },
  );
  await vi.waitFor(
    async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      expect(metrics).toMatch(/elemental_reconcile_total\{controller="seed-image",result="success"\} [1-9]/);
      expect(metrics).toContain('elemental_queue_keys{queue="seed-image",state="waiting"} 0');
    },
    { timeout: 20_000, interval: 50 },
  );

  service.child.kill("SIGTERM");
  expect(await service.exited, service.output()).toBe(0);
  await cluster.close();
  await redis.stop();
});

test("wrong settings are named, all at once", async () => {
  const service = start({ BASE_CACHE_DIRECTORY: "relative", SERVER_URL: "server.example" });
  expect(await service.exited).toBe(1);
  for (const name of ["SEEDIMAGE_IMAGE is not set", "BASE_CACHE_DIRECTORY is", "SERVER_URL is"]) {
    expect(service.output()).toContain(name);
  }
});
