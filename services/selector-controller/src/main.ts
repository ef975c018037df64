import { readFile } from "node:fs/promises";
import { connect } from "@elemental/kube";
import { redisQueues } from "@elemental/queue";
import { controllerMetrics, queueGauges, requestMetrics, runService } from "@elemental/service";
import packageJson from "../package.json" with { type: "json" };
import { controllerName } from "./controller.ts";
import { start } from "./start.ts";

const name = "selector-controller";

await runService({
  name,
  config: {},
  async start({ config, log, registry, onClose }) {
    const kube = await connect({
      kubeconfig: config.kubeconfig ?? "in-cluster",
      userAgent: `elemental-${name}/${packageJson.version}`,
      fieldManager: `elemental-${name}`,
      report: (error) => log.warn({ error }, "retrying in the background"),
      onRequest: requestMetrics(registry),
    });
    onClose("Kubernetes client", () => kube.close());
    // Not a condition of being ready: without Redis the controller works on by itself.
    const queues = redisQueues({
      url: config.redisUrl,
      socket: config.redisSocket,
      prefix: config.redisPrefix,
      ...(config.redisCaFile && { tls: { ca: await readFile(config.redisCaFile, "utf8") } }),
      onError: (error) => log.warn({ error }, "work queue"),
    });
    onClose("work queue", () => queues.close());
    const controller = await start({
      kube,
      queues,
      logger: log,
      metrics: controllerMetrics(registry),
      concurrency: config.concurrency,
      resyncMs: config.resyncPeriod,
    });
    onClose("controller", () => controller.stop());
    queueGauges(registry, [queues.queue(controllerName)]);
  },
});
