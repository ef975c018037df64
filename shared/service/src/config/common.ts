import { z } from "zod";
import { duration, integer, listenAddress } from "./settings.ts";

/** What every service on Kubernetes can be told. */
export const commonShape = {
  kubeconfig: z.string().optional().describe("path of the kubeconfig; without it the Pod's own credentials are used"),
  namespace: z.string().default("cattle-elemental-system").describe("the namespace the system runs in"),
  redisUrl: z
    .string()
    .regex(
      /^rediss?(\+sentinel|\+cluster)?:\/\//,
      "must be a redis://, redis+sentinel:// or redis+cluster:// URL, or one with rediss for TLS",
    )
    .optional()
    .meta({
      description:
        "URL of Redis, with its user and password if it has any: redis://HOST, redis+sentinel://HOST,HOST/MASTER or redis+cluster://HOST,HOST; rediss instead of redis is TLS",
      secret: true,
    }),
  redisSocket: z.string().optional().describe("path of Redis's unix socket, instead of REDIS_URL"),
  redisPrefix: z
    .string()
    .default("elemental")
    .describe("before every key in Redis; systems that share a Redis must differ in it"),
  redisCaFile: z.string().optional().describe("PEM file with the authority of Redis's certificate"),
  redisCertFile: z.string().optional().describe("PEM file with a certificate to show to Redis"),
  redisKeyFile: z.string().optional().describe("PEM file with the key of REDIS_CERT_FILE"),
  concurrency: integer(1, 1000).prefault("32").describe("how many objects of a kind are reconciled at once"),
  resyncPeriod: duration().prefault("10m").describe("how often every object is looked at although nothing happened"),
  healthAddress: listenAddress().prefault("127.0.0.1:8081").describe("where /healthz, /readyz and /metrics are served"),
  shutdownTimeout: duration().prefault("25s").describe("how long work under way may take to end after SIGTERM"),
  logLevel: z
    .enum(["debug", "info", "warn", "error"], { error: "must be debug, info, warn or error" })
    .default("info")
    .describe("the least severe messages that are logged"),
};

export type CommonConfig = z.infer<z.ZodObject<typeof commonShape>>;
