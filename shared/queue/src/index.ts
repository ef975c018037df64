export type { Backoff } from "./backoff.ts";
export { memoryQueues } from "./memory/factory.ts";
export type * from "./port.ts";
export type { RedisAddress, RedisTls } from "./redis/connection.ts";
export { type RedisQueuesOptions, redisQueues } from "./redis/factory.ts";
export { type RedisServer, RedisServerError, type RedisServerOptions, startRedis } from "./redis-server/start.ts";
