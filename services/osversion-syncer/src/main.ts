import { connect } from "@elemental/kube";
import { redisQueues } from "@elemental/queue";
import { controllerMetrics, runService } from "@elemental/service";
import packageJson from "../package.json" with { type: "json" };
import { configShape, settingsOf } from "./config.ts";
import { startOsVersionSyncer } from "./start.ts";

const name = "osversion-syncer";

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
