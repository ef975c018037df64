import { readFile } from "node:fs/promises";
import { connect } from "@elemental/kube";
import { redisQueues } from "@elemental/queue";
import { controllerMetrics, type Logger, queueGauges, requestMetrics, runService } from "@elemental/service";
import { watchSettings } from "@elemental/settings";
import packageJson from "../package.json" with { type: "json" };
import { configShape, gatewaySecrets, type InventoryControllerConfig, ownServerSettings } from "./config.ts";
import { type GatewayListener, listenForDoor } from "./gateway/listener.ts";
import { controllerNames, type RunningInventoryController, startInventoryController } from "./start.ts";

const name = "inventory-controller";

await runService({
  name,
  config: configShape,
  async start({ config, log, registry, onClose }) {
    const kube = await connect({
      kubeconfig: config.kubeconfig ?? "in-cluster",
      userAgent: `elemental-${name}/${packageJson.version}`,
      fieldManager: `elemental-${name}`,
      report: (error) => log.warn({ error }, "retrying in the background"),
      onRequest: requestMetrics(registry),
    });
    onClose("Kubernetes client", () => kube.close());
    // Not a condition of being ready: without Redis the controllers work on by themselves.
    const queues = redisQueues({
      url: config.redisUrl,
      socket: config.redisSocket,
      prefix: config.redisPrefix,
      ...(config.redisCaFile && { tls: { ca: await readFile(config.redisCaFile, "utf8") } }),
      onError: (error) => log.warn({ error }, "work queue"),
    });
    onClose("work queue", () => queues.close());
    queueGauges(
      registry,
      controllerNames.map((controller) => queues.queue(controller)),
    );
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
