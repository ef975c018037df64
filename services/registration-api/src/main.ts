import { readFile } from "node:fs/promises";
import { connect, type Kube } from "@elemental/kube";
import { redisQueues } from "@elemental/queue";
import { requestMetrics, runService, type ServiceContext } from "@elemental/service";
import { watchSettings } from "@elemental/settings";
import packageJson from "../package.json" with { type: "json" };
import { type AgentHandler, forwardAgents, noGateway } from "./agent/forward.ts";
import { contents, type DoorConfig, doorConfig, ownServerSettings, tlsOptions } from "./config.ts";
import { start } from "./start.ts";

const name = "registration-api";

/** Clients wait for 10 s: an API request that takes longer is of no use to them. */
const REQUEST_TIMEOUT_MS = 8000;

await runService({
  name,
  config: doorConfig,
  async start(context) {
    const { config, log, registry, onClose } = context;
    const kube = await openKube(context);
    // No readiness check: hints are a convenience, and a door that closes when Redis is down would be an outage.
    const queues = redisQueues({
      url: config.redisUrl,
      socket: config.redisSocket,
      prefix: config.redisPrefix,
      ...(config.redisCaFile && { tls: { ca: await readFile(config.redisCaFile, "utf8") } }),
      onError: (error) => log.warn({ error }, "work queue"),
    });
    onClose("work queue", () => queues.close());
    const settings = await watchSettings(kube, await ownServerSettings(config));
    onClose("settings", async () => settings.stop());
    const tls = await tlsOptions(config);
    const door = await start({
      kube,
      queues,
      settings,
      log,
      registry,
      listen: config.listenAddress,
      ...(tls && { tls }),
      agents: await agentHandler(config),
      limits: {
        conversations: config.maxConversations,
        conversationsPerAddress: config.maxConversationsPerAddress,
        perAddress: { perSecond: config.requestsPerSecond, burst: 10 * config.requestsPerSecond },
      },
      policy: { allowAnyMethod: config.allowAnyAuth, allowOtherNamespace: config.allowOtherNamespace },
      trustedProxies: config.trustedProxies.split(",").flatMap((proxy) => proxy.trim() || []),
    });
    onClose("door", door.close);
    log.info({ address: door.address, tls: tls !== undefined }, "serving machines");
  },
});

async function openKube({ config, log, registry, onClose }: ServiceContext<DoorConfig>): Promise<Kube> {
  const kube = await connect({
    kubeconfig: config.kubeconfig ?? "in-cluster",
    userAgent: `elemental-${name}/${packageJson.version}`,
    fieldManager: `elemental-${name}`,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    deadlineMs: REQUEST_TIMEOUT_MS,
    report: (error) => log.warn({ error }, "retrying in the background"),
    onRequest: requestMetrics(registry),
  });
  onClose("Kubernetes client", () => kube.close());
  return kube;
}

async function agentHandler({ agentGatewayUrl, ...config }: DoorConfig): Promise<AgentHandler> {
  if (agentGatewayUrl === undefined) return noGateway;
  const token = (await contents(config.agentGatewayTokenFile))?.trim();
  if (!token) throw new Error("AGENT_GATEWAY_TOKEN_FILE is not set or empty: the gateway would refuse every request");
  const ca = await contents(config.agentGatewayCaFile);
  return forwardAgents({ gatewayUrl: agentGatewayUrl, gatewayToken: token, ...(ca !== undefined && { ca }) });
}
