import { afterAll, beforeAll } from "vitest";
import { workQueueContract } from "../testing/contract/contract.ts";
import { temporaryRedis } from "../testing/redis.ts";
import { redisQueues } from "./factory.ts";

let redis: Awaited<ReturnType<typeof temporaryRedis>>;
let opened = 0;

beforeAll(async () => {
  redis = await temporaryRedis();
});

afterAll(() => redis.stop());

workQueueContract("on Redis", (backoff) =>
  redisQueues({
    socket: redis.socket,
    prefix: `test-${++opened}`,
    backoff,
    onError: (error) => {
      throw error;
    },
  }),
);
