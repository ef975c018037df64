import { openKube, openQueues } from "@elemental/connections";
import { controllerMetrics, runService } from "@elemental/service";
import packageJson from "../package.json" with { type: "json" };
import { configShape, settingsOf } from "./config.ts";
import { controllerNames, startOsVersionSyncer } from "./start.ts";

const name = "osversion-syncer";
const { version } = packageJson;

await runService({
  name,
  config: configShape,
  async start(context) {
    const { config, log, registry, onClose } = context;
    const kube = await openKube(context, { name, version });
    const queues = await openQueues(context, controllerNames);
    const syncer = startOsVersionSyncer({
      kube,
      queues,
      logger: log,
      metrics: controllerMetrics(registry),
      concurrency: config.concurrency,
      resyncMs: config.resyncPeriod,
      settings: settingsOf(config),
    });
    onClose("controllers", () => syncer.stop());
    await syncer.started();
  },
});
