import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { redisQueues } from "../redis/factory.ts";
import { ping } from "./ping.ts";
import { startRedis } from "./start.ts";

const path = process.env["PATH"] ?? "";
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "elemental-redis-"));
});

afterEach(() => rm(dir, { recursive: true }));

test.each(["socket", "tcp"] as const)("starts a server on a %s that queues can use, and stops it", async (listen) => {
  const server = await startRedis({ dir: join(dir, "redis"), listen, path });
  const factory = redisQueues(server.address);
  await vi.waitFor(async () => expect(await factory.healthy()).toBe(true));
  await factory.close();
  await server.stop();
  await server.exited;
  expect(await ping(server.address)).toBe(false);
});

test("names the package when there is no server", async () => {
  await expect(startRedis({ dir, path: dir })).rejects.toThrow("apt-get install redis-server");
});

test("refuses a directory whose socket path is too long for the kernel", async () => {
  await expect(startRedis({ dir: join(dir, "d".repeat(100)), path })).rejects.toThrow("use a shorter directory");
});

test("says why the server did not start", async () => {
  await mkdir(join(dir, "redis.sock"));
  await expect(startRedis({ dir, path })).rejects.toThrow(/cannot start .*it ended with 1: .*socket/);
});

test("the server ends with the process that started it", async () => {
  const launcher = new URL("./start.ts", import.meta.url).href;
  const code = `import { startRedis } from ${JSON.stringify(launcher)};
    const server = await startRedis({ dir: ${JSON.stringify(dir)}, path: process.env.PATH });
    process.stdout.write("up");`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "close");
  await vi.waitFor(async () => expect(await ping({ socket: join(dir, "redis.sock") })).toBe(false), 5000);
});
