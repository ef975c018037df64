import { readFile } from "node:fs/promises";
import { connect } from "@elemental/kube";
import { redisQueues } from "@elemental/queue";
import { controllerMetrics, queueGauges, requestMetrics, runService } from "@elemental/service";
import { watchSettings } from "@elemental/settings";
import packageJson from "../package.json" with { type: "json" };
import { builderOptions, configShape, ownServerSettings } from "./config.ts";
import { controllerName } from "./seed-image/controller.ts";
import { startSeedImageBuilder } from "./start.ts";

const name = "seedimage-builder";

await runService({
  name,
  config: configShape,
  async start({ config, log, registry, addCheck, onClose }) {
    const kube = await connect({
      kubeconfig: config.kubeconfig ?? "in-cluster",
      userAgent: `elemental-${name}/${packageJson.version}`,
      fieldManager: `elemental-${name}`,
      report: (error) => log.warn({ error }, "retrying in the background"),
      onRequest: requestMetrics(registry),
    });
    onClose("Kubernetes client", () => kube.close());
    const queues = redisQueues({
      url: config.redisUrl,
      socket: config.redisSocket,
      prefix: config.redisPrefix,
      ...(config.redisCaFile && { tls: { ca: await readFile(config.redisCaFile, "utf8") } }),
      onError: (error) => log.warn({ error }, "work queue"),
    });
    onClose("work queue", () => queues.close());
    addCheck("queue", () => queues.healthy());
    queueGauges(registry, [queues.queue(controllerName)]);
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
