import { Redis, type RedisOptions } from "ioredis";

/** TLS material in PEM; an absent `ca` means the system's authorities. */
export interface RedisTls {
  ca?: string;
  cert?: string;
  key?: string;
  serverName?: string;
}

/** Where Redis is: exactly one of `url` (redis:// or rediss://) and `socket` (path of a unix socket). */
export interface RedisAddress {
  url?: string;
  socket?: string;
  tls?: RedisTls;
}

const longestRetryMs = 2000;

/**
 * Connects as BullMQ's workers need it: commands wait for a reconnection for ever. Whoever must not wait asks
 * `status` first and races a deadline.
 */
export function connectRedis(address: RedisAddress): Redis {
  const options: RedisOptions = {
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 10), longestRetryMs),
    ...(address.tls && { tls: { ...address.tls, servername: address.tls.serverName } }),
  };
  if (address.socket) return new Redis({ ...options, path: address.socket });
  if (address.url) return new Redis(address.url, options);
  throw new Error("the queue needs a Redis URL or the path of its unix socket");
}
