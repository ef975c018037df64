import { readFile } from "node:fs/promises";
import { connect } from "@elemental/kube";
import { redisQueues } from "@elemental/queue";
import { controllerMetrics, queueGauges, requestMetrics, runService } from "@elemental/service";
import packageJson from "../package.json" with { type: "json" };
import { configShape, settingsOf } from "./config.ts";
import { controllerNames, startOsVersionSyncer } from "./start.ts";

const name = "osversion-syncer";

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
