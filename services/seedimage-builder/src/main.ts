import { openKube, openQueues } from "@elemental/connections";
import { controllerMetrics, runService } from "@elemental/service";
import { watchSettings } from "@elemental/settings";
import packageJson from "../package.json" with { type: "json" };
import { builderOptions, configShape, ownServerSettings } from "./config.ts";
import { controllerName } from "./seed-image/controller.ts";
import { startSeedImageBuilder } from "./start.ts";

const name = "seedimage-builder";
const { version } = packageJson;

await runService({
  name,
  config: configShape,
  async start(context) {
    const { config, log, registry, onClose } = context;
    const kube = await openKube(context, { name, version });
    const queues = await openQueues(context, [controllerName]);
    const settings = await watchSettings(kube, ownServerSettings(config));
    onClose("server settings", async () => settings.stop());
    const builder = startSeedImageBuilder({
      kube,
      queues,
      settings,
      logger: log,
      metrics: controllerMetrics(registry),
      concurrency: config.concurrency,
      resyncMs: config.resyncPeriod,
      builder: builderOptions(config),
    });
    onClose("controllers", () => builder.stop());
    await builder.started();
  },
});
