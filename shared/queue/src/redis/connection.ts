import { Cluster, type CommonRedisOptions, Redis, type RedisOptions } from "ioredis";
import { parseRedisUrl, type Topology } from "./topology.ts";

/** TLS material in PEM; an absent `ca` means the system's authorities. */
export interface RedisTls {
  ca?: string;
  cert?: string;
  key?: string;
  serverName?: string;
}

/** Where Redis is: exactly one of `url` (as `parseRedisUrl` reads it) and `socket` (path of a unix socket). */
export interface RedisAddress {
  url?: string;
  socket?: string;
  tls?: RedisTls;
}

/** One server, also one that sentinels tell, or a cluster. */
export type RedisClient = Redis | Cluster;

const longestRetryMs = 2000;
const retryMs = (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 10), longestRetryMs);

/**
 * Connects as BullMQ's workers need it: commands wait for a reconnection for ever. Whoever must not wait asks
 * `status` first and races a deadline.
 */
export function connectRedis({ url, socket, tls }: RedisAddress): RedisClient {
  const patient: CommonRedisOptions = { maxRetriesPerRequest: null, retryStrategy: retryMs };
  if (socket) return new Redis({ ...patient, path: socket });
  if (!url) throw new Error("the queue needs a Redis URL or the path of its unix socket");
  const topology = parseRedisUrl(url);
  const options = { ...patient, ...login(topology), ...(topology.tls && { tls: tlsOptions(tls) }) };
  if (topology.kind === "cluster") return connectCluster(topology, options);
  if (topology.kind === "sentinel") return connectBySentinels(topology, options);
  return new Redis({ ...options, ...topology.hosts[0], db: topology.db });
}

function connectBySentinels(topology: Topology, options: RedisOptions): Redis {
  return new Redis({
    ...options,
    db: topology.db,
    sentinels: topology.hosts,
    name: topology.master ?? "",
    sentinelRetryStrategy: retryMs,
    ...(topology.sentinelUsername && { sentinelUsername: topology.sentinelUsername }),
    ...(topology.sentinelPassword && { sentinelPassword: topology.sentinelPassword }),
    ...(options.tls && { enableTLSForSentinelMode: true, sentinelTLS: options.tls }),
  });
}

function connectCluster({ hosts }: Topology, redisOptions: RedisOptions): Cluster {
  return new Cluster(hosts, {
    redisOptions,
    clusterRetryStrategy: retryMs,
    // Names are left to TLS, which compares certificates with them.
    dnsLookup: (address, callback) => callback(null, address),
  });
}

function login({ username, password }: Topology): RedisOptions {
  return { ...(username && { username }), ...(password && { password }) };
}

function tlsOptions({ serverName, ...material }: RedisTls = {}): NonNullable<RedisOptions["tls"]> {
  return { ...material, ...(serverName && { servername: serverName }) };
}

/** The prefix of keys: those of a cluster need one hash tag, so that all keys of a queue are on one node. */
export function keyPrefix(redis: RedisClient, prefix: string): string {
  return redis instanceof Cluster && !prefix.includes("{") ? `{${prefix}}` : prefix;
}
