import { type Backoff, defaultBackoff } from "../backoff.ts";
import type { QueueFactory } from "../port.ts";
import { connectRedis, keyPrefix, type RedisAddress } from "./connection.ts";
import { withDeadline } from "./deadline.ts";
import { LossDetector } from "./loss-detector.ts";
import { RedisQueue } from "./queue.ts";
import type { QueueContext } from "./worker-options.ts";

export interface RedisQueuesOptions extends RedisAddress {
  /** Before every key in Redis; systems that share a Redis differ in it. */
  prefix?: string;
  backoff?: Partial<Backoff>;
  /** A worker that is silent for this long is taken for dead; default 15 s. */
  lockMs?: number;
  /** Told of every failure to reach or use Redis; they are otherwise only visible in `healthy` and `stats`. */
  onError?: (error: Error) => void;
}

const answerMs = 2000;

/** Queues in Redis, shared by all processes with the same address and prefix. Connects in the background. */
export function redisQueues(options: RedisQueuesOptions): QueueFactory {
  const redis = connectRedis(options);
  const context: QueueContext = {
    redis,
    prefix: keyPrefix(redis, options.prefix ?? "elemental"),
    backoff: { ...defaultBackoff, ...options.backoff },
    lockMs: options.lockMs ?? 15_000,
    onError: options.onError ?? (() => undefined),
  };
  const queues = new Map<string, RedisQueue>();
  redis.on("error", context.onError);
  redis.on("ready", () => {
    for (const queue of queues.values()) queue.reconnected();
  });
  const detector = new LossDetector(redis, `${context.prefix}:marker`, () => {
    for (const queue of queues.values()) queue.lost();
  });
  return {
    queue(name) {
      const queue = queues.get(name) ?? new RedisQueue(name, context);
      queues.set(name, queue);
      return queue;
    },
    healthy: () => isAnswering(redis),
    async close() {
      detector.stop();
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      redis.disconnect();
    },
  };
}

async function isAnswering(redis: ReturnType<typeof connectRedis>): Promise<boolean> {
  if (redis.status !== "ready") return false;
  try {
    return (await withDeadline(redis.ping(), answerMs, "ping")) === "PONG";
  } catch {
    return false;
  }
}
