import { openKube, openQueues } from "@elemental/connections";
import { runService } from "@elemental/service";
import { watchSettings } from "@elemental/settings";
import packageJson from "../package.json" with { type: "json" };
import { type AgentHandler, forwardAgents, noGateway } from "./agent/forward.ts";
import { contents, type DoorConfig, doorConfig, ownServerSettings, tlsOptions, tunnelOptions } from "./config.ts";
import { start } from "./start.ts";

const name = "registration-api";
const { version } = packageJson;

/** Clients wait for 10 s: an API request that takes longer is of no use to them. */
const REQUEST_TIMEOUT_MS = 8000;

await runService({
  name,
  config: doorConfig,
  async start(context) {
    const { config, log, registry, onClose } = context;
    const kube = await openKube(context, {
      name,
      version,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      deadlineMs: REQUEST_TIMEOUT_MS,
    });
    const queues = await openQueues(context);
    const settings = await watchSettings(kube, await ownServerSettings(config));
    onClose("settings", async () => settings.stop());
    const tls = await tlsOptions(config);
    const tunnel = tunnelOptions(config);
    const door = await start({
      kube,
      queues,
      settings,
      log,
      registry,
      listen: config.listenAddress,
      ...(tls && { tls }),
      ...(tunnel && { tunnel }),
      agents: await agentHandler(config),
      limits: {
        connections: config.maxConnections,
        connectionsPerAddress: config.maxConnectionsPerAddress,
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

async function agentHandler({ agentGatewayUrl, ...config }: DoorConfig): Promise<AgentHandler> {
  if (agentGatewayUrl === undefined) return noGateway;
  const token = (await contents(config.agentGatewayTokenFile))?.trim();
  if (!token) throw new Error("AGENT_GATEWAY_TOKEN_FILE is not set or empty: the gateway would refuse every request");
  const ca = await contents(config.agentGatewayCaFile);
  return forwardAgents({ gatewayUrl: agentGatewayUrl, gatewayToken: token, ...(ca !== undefined && { ca }) });
}
