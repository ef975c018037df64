import { readFile } from "node:fs/promises";
import { type QueueFactory, type RedisTls, redisQueues } from "@elemental/queue";
import { type CommonConfig, queueGauges, type ServiceContext } from "@elemental/service";

/**
 * The work queues in the service's Redis, closed when the service ends; those of `consumed` are counted in its metrics.
 * Being ready does not depend on them: Redis carries hints, and without it a service works on by itself.
 */
export async function openQueues(
  { config, log, registry, onClose }: ServiceContext<CommonConfig>,
  consumed: readonly string[] = [],
): Promise<QueueFactory> {
  const queues = redisQueues({
    url: config.redisUrl,
    socket: config.redisSocket,
    prefix: config.redisPrefix,
    tls: await redisTls(config),
    onError: (error) => log.warn({ error }, "work queue"),
  });
  onClose("work queue", () => queues.close());
  queueGauges(
    registry,
    consumed.map((name) => queues.queue(name)),
  );
  return queues;
}

async function redisTls({ redisCaFile, redisCertFile, redisKeyFile }: CommonConfig): Promise<RedisTls> {
  return {
    ...(redisCaFile && { ca: await readFile(redisCaFile, "utf8") }),
    ...(redisCertFile && { cert: await readFile(redisCertFile, "utf8") }),
    ...(redisKeyFile && { key: await readFile(redisKeyFile, "utf8") }),
  };
}
