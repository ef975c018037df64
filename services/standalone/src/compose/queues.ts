import { join } from "node:path";
import { memoryQueues, type QueueFactory, redisQueues, startRedis } from "@elemental/queue";
import { type Closers, type Logger, loadConfig } from "@elemental/service";
import { z } from "zod";

/** The longest path that the kernel takes for a unix socket; a deeper data directory gets a loopback port instead. */
const longestSocketPath = 107;

/** Work queues on a Redis of our own below `dataDir`, or in memory. They close with `closers`. */
export async function openQueues(
  dataDir: string,
  redis: boolean,
  { closers, log }: { closers: Closers; log: Logger },
): Promise<QueueFactory> {
  const queues = redis ? await openRedisQueues(join(dataDir, "redis"), closers, log) : memoryQueues();
  closers.add("work queues", () => queues.close());
  return queues;
}

async function openRedisQueues(dir: string, closers: Closers, log: Logger): Promise<QueueFactory> {
  const listen = Buffer.byteLength(join(dir, "redis.sock")) > longestSocketPath ? "tcp" : "socket";
  const server = await startRedis({
    dir,
    listen,
    path: loadConfig({ path: z.string().default("/usr/bin:/bin") }).path,
  });
  closers.add("redis", () => server.stop());
  return redisQueues({ ...server.address, onError: (error) => log.warn({ error }, "work queue") });
}
