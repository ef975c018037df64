import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { workQueueContract } from "../testing/contract/contract.ts";
import { type Deployment, sentinel, tlsCluster, tlsServer } from "../testing/deployments.ts";
import { redisQueues } from "./factory.ts";

describe.each([
  ["a Redis cluster over TLS", tlsCluster],
  ["a master that a sentinel tells", sentinel],
])("%s", (name, start) => {
  let redis: Deployment;
  let opened = 0;

  beforeAll(async () => {
    redis = await start();
  });

  afterAll(() => redis?.stop());

  workQueueContract(`on ${name}`, (backoff) => redisQueues({ ...redis.address, prefix: `test-${++opened}`, backoff }));
});

async function runs(address: Deployment["address"]): Promise<boolean> {
  const factory = redisQueues(address);
  const ran: string[] = [];
  try {
    factory.queue("things").process(async ({ key }) => void ran.push(key), { concurrency: 1 });
    await factory.queue("things").add("ns/a", "event");
    await vi.waitFor(() => expect(ran).toEqual(["ns/a"]), 20_000);
    return await factory.healthy();
  } finally {
    await factory.close();
  }
}

describe("TLS", () => {
  let redis: Deployment;

  beforeAll(async () => {
    redis = await tlsServer();
  });

  afterAll(() => redis?.stop());

  test("a server with the authority's certificate is used", async () => {
    expect(await runs(redis.address)).toBe(true);
  });

  test.each([
    ["an authority that is not trusted", () => ({ ...redis.address, tls: {} }), /certificate/],
    [
      "a wrong password",
      () => ({ ...redis.address, url: redis.address.url?.replace(/:[^:]*@/, ":no@") }),
      /WRONGPASS|invalid/i,
    ],
  ])("%s is reported, and work is not done", async (_name, address, message) => {
    const errors: string[] = [];
    const factory = redisQueues({
      ...(address() as Deployment["address"]),
      onError: (error) => errors.push(error.message),
    });
    try {
      await vi.waitFor(() => expect(errors.join()).toMatch(message), 20_000);
      expect(await factory.healthy()).toBe(false);
    } finally {
      await factory.close();
    }
  });
});

test("work goes on when a replica takes the place of its master", async () => {
  const redis = await sentinel();
  const factory = redisQueues({ ...redis.address, lockMs: 1000 });
  const ran: string[] = [];
  try {
    const queue = factory.queue("things");
    queue.process(async ({ key }) => void ran.push(key), { concurrency: 1 });
    await queue.add("ns/before", "event");
    await vi.waitFor(() => expect(ran).toContain("ns/before"), 20_000);
    await redis.loseMaster();
    await queue.add("ns/after", "event");
    await vi.waitFor(() => expect(ran).toContain("ns/after"), 60_000);
  } finally {
    await factory.close();
    await redis.stop();
  }
});
