import { connect } from "@elemental/kube";
import { redisQueues } from "@elemental/queue";
import { controllerMetrics, type Logger, runService } from "@elemental/service";
import { watchSettings } from "@elemental/settings";
import packageJson from "../package.json" with { type: "json" };
import { configShape, gatewaySecrets, type InventoryControllerConfig, ownServerSettings } from "./config.ts";
import { type GatewayListener, listenForDoor } from "./gateway/listener.ts";
import { type RunningInventoryController, startInventoryController } from "./start.ts";

const name = "inventory-controller";

await runService({
  name,
  config: configShape,
  async start({ config, log, registry, addCheck, onClose }) {
    const kube = await connect({
      kubeconfig: config.kubeconfig ?? "in-cluster",
      userAgent: `elemental-${name}/${packageJson.version}`,
      fieldManager: `elemental-${name}`,
      report: (error) => log.warn({ error }, "retrying in the background"),
    });
    onClose("Kubernetes client", () => kube.close());
    const queues = redisQueues({
      url: config.redisUrl,
      socket: config.redisSocket,
      prefix: config.redisPrefix,
      onError: (error) => log.warn({ error }, "work queue"),
    });
    onClose("work queue", () => queues.close());
    addCheck("queue", () => queues.healthy());
    const settings = await watchSettings(kube, ownServerSettings(config));
    onClose("settings", async () => settings.stop());
    const controller = await startInventoryController({
      kube,
      queues,
      settings,
      logger: log,
      metrics: controllerMetrics(registry),
      concurrency: config.concurrency,
      resyncMs: config.resyncPeriod,
    });
    onClose("controllers", () => controller.stop());
    const listener = await listenForAgents(config, controller, log);
    if (listener) onClose("agent gateway", () => listener.close());
  },
});

async function listenForAgents(
  config: InventoryControllerConfig,
  { gateway }: RunningInventoryController,
  log: Logger,
): Promise<GatewayListener | undefined> {
  const secrets = await gatewaySecrets(config);
  if (secrets === undefined) {
    log.warn({}, "GATEWAY_TOKEN_FILE is not set: agents are not served");
    return undefined;
  }
  const listener = await listenForDoor(gateway, { address: config.gatewayAddress, ...secrets });
  log.info({ address: listener.address }, "serving the agent gateway");
  return listener;
}
