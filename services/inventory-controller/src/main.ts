import { openKube, openQueues } from "@elemental/connections";
import { controllerMetrics, type Logger, runService } from "@elemental/service";
import { watchSettings } from "@elemental/settings";
import packageJson from "../package.json" with { type: "json" };
import { configShape, gatewaySecrets, type InventoryControllerConfig, ownServerSettings } from "./config.ts";
import { type GatewayListener, listenForDoor } from "./gateway/listener.ts";
import { controllerNames, type RunningInventoryController, startInventoryController } from "./start.ts";

const name = "inventory-controller";
const { version } = packageJson;

await runService({
  name,
  config: configShape,
  async start(context) {
    const { config, log, registry, onClose } = context;
    const kube = await openKube(context, { name, version });
    const queues = await openQueues(context, controllerNames);
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
