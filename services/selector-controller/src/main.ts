import { openKube, openQueues } from "@elemental/connections";
import { controllerMetrics, runService } from "@elemental/service";
import packageJson from "../package.json" with { type: "json" };
import { controllerName } from "./controller.ts";
import { start } from "./start.ts";

const name = "selector-controller";
const { version } = packageJson;

await runService({
  name,
  config: {},
  async start(context) {
    const { config, log, registry, onClose } = context;
    const kube = await openKube(context, { name, version });
    const queues = await openQueues(context, [controllerName]);
    const controller = await start({
      kube,
      queues,
      logger: log,
      metrics: controllerMetrics(registry),
      concurrency: config.concurrency,
      resyncMs: config.resyncPeriod,
    });
    onClose("controller", () => controller.stop());
  },
});
