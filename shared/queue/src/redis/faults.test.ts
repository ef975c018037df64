import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { QueueFactory } from "../port.ts";
import { Recorder } from "../testing/contract/recorder.ts";
import { temporaryRedis } from "../testing/redis.ts";
import { redisQueues } from "./factory.ts";

const workerProcess = fileURLToPath(new URL("../testing/worker-process.ts", import.meta.url));
/** Redis is looked for again every 2 s at most, its loss noticed within 3 s. */
const recoveryMs = 25_000;

let redis: Awaited<ReturnType<typeof temporaryRedis>>;
const factories: QueueFactory[] = [];

function open(): QueueFactory {
  const factory = redisQueues({ socket: redis.socket, prefix: "faults", lockMs: 500 });
  factories.push(factory);
  return factory;
}

function start(resyncKeys: string[] = []) {
  const factory = open();
  const queue = factory.queue("things");
  const recorder = new Recorder();
  const resync = { everyMs: 3_600_000, keys: () => resyncKeys };
  const worker = queue.process(recorder.handler, { concurrency: 4, ...(resyncKeys.length > 0 && { resync }) });
  return { factory, queue, recorder, worker };
}

async function connected(factory: QueueFactory): Promise<void> {
  await vi.waitFor(async () => expect(await factory.healthy()).toBe(true), { timeout: recoveryMs });
}

async function flushAll(): Promise<void> {
  const client = new Redis({ path: redis.socket });
  await client.flushall();
  client.disconnect();
}

beforeEach(async () => {
  redis = await temporaryRedis();
});

afterEach(async () => {
  await Promise.all(factories.splice(0).map((factory) => factory.close()));
  await redis.stop();
});

test("a key whose worker process is killed runs elsewhere", async () => {
  const child = spawn(process.execPath, [workerProcess, redis.socket, "faults"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await open().queue("things").add("ns/a", "event");
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "close");
  const { recorder, queue } = start();
  (await recorder.run(0, recoveryMs)).succeed();
  await queue.add("ns/a", "again");
  (await recorder.run(1)).succeed();
  expect(recorder.items[0]).toEqual({ key: "ns/a", reason: "event", failures: 0 });
});

describe("Redis flushed", () => {
  test("a run under way ends before the key's next run, and new events run", async () => {
    const { queue, recorder, factory } = start();
    await connected(factory);
    await queue.add("ns/a", "event");
    const first = await recorder.run(0);
    await flushAll();
    await queue.add("ns/a", "changed");
    await queue.add("ns/b", "event");
    expect((await recorder.run(1, recoveryMs)).item.key).toBe("ns/b");
    first.succeed();
    const second = await recorder.run(2, recoveryMs);
    expect(second.item).toEqual({ key: "ns/a", reason: "changed", failures: 0 });
    second.succeed();
    recorder.runs[1]?.succeed();
    expect(recorder.overlaps).toEqual([]);
  });

  test("keys that were waiting are queued again by the resync", async () => {
    const { queue, recorder } = start(["ns/a"]);
    (await recorder.run(0)).succeed({ requeueAfterMs: 3_600_000 });
    await vi.waitFor(async () => expect(await queue.stats()).toMatchObject({ active: 0, waiting: 0, delayed: 1 }));
    await flushAll();
    (await recorder.run(1, recoveryMs)).succeed();
  });
});

describe("Redis restarted without its data", () => {
  test("an idle worker goes on, and what was added meanwhile runs", async () => {
    const { queue, recorder, factory } = start();
    await connected(factory);
    await queue.add("ns/a", "event");
    (await recorder.run(0)).succeed();
    await redis.halt();
    await queue.add("ns/a", "while it is away");
    expect(await factory.healthy()).toBe(false);
    await expect(queue.stats()).rejects.toThrow("not connected");
    await redis.restart();
    (await recorder.run(1, recoveryMs)).succeed();
    expect(recorder.items[1]).toEqual({ key: "ns/a", reason: "while it is away", failures: 0 });
  });

  test("runs that end while it is away neither hang nor disturb later ones", async () => {
    const { queue, recorder, factory } = start(["ns/a", "ns/b", "ns/c"]);
    await connected(factory);
    for (let index = 0; index < 3; index++) await recorder.run(index);
    await redis.halt();
    recorder.runs[0]?.succeed();
    recorder.runs[1]?.fail();
    recorder.runs[2]?.succeed({ requeueAfterMs: 10 });
    await redis.restart();
    const again = new Set<string>();
    for (let index = 3; again.size < 3; index++) {
      const run = await recorder.run(index, recoveryMs);
      again.add(run.item.key);
      run.succeed();
    }
    await queue.add("ns/d", "event");
    await vi.waitFor(() => expect(recorder.items.map((item) => item.key)).toContain("ns/d"), recoveryMs);
    for (const run of recorder.runs) run.succeed();
    expect(recorder.overlaps).toEqual([]);
  });
});

describe("Redis down", () => {
  test("at the start: events wait in the process and run when it is there", async () => {
    await redis.halt();
    const { queue, recorder, factory } = start(["ns/b"]);
    expect(await factory.healthy()).toBe(false);
    await queue.add("ns/a", "early");
    await redis.restart();
    const keys = new Set([(await recorder.run(0, recoveryMs)).item.key, (await recorder.run(1, recoveryMs)).item.key]);
    expect(keys).toEqual(new Set(["ns/a", "ns/b"]));
    for (const run of recorder.runs) run.succeed();
  });

  test("from start to end: closing does not hang", async () => {
    await redis.halt();
    const { queue, factory } = start(["ns/b"]);
    await queue.add("ns/a", "early");
    await factory.close();
  });

  test("during a run: closing waits for the run, not for Redis", async () => {
    const { queue, recorder, factory } = start();
    await queue.add("ns/a", "event");
    const run = await recorder.run(0);
    await redis.halt();
    const closing = factory.close();
    run.succeed({ requeueAfterMs: 10 });
    await closing;
  });
});

test("Redis that stops answering delays an event but does not lose it", async () => {
  const { queue, recorder, factory } = start();
  await connected(factory);
  redis.freeze();
  await queue.add("ns/a", "event");
  expect(await factory.healthy()).toBe(false);
  redis.thaw();
  (await recorder.run(0, recoveryMs)).succeed();
});
