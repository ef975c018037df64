import { customResourceDefinitions } from "@elemental/api";
import type { EmbeddedKubernetes } from "@elemental/apiserver";
import { connect, type Kube } from "@elemental/kube";
import { Closers, controllerMetrics, healthApp, type Logger, listen } from "@elemental/service";
import { Registry } from "prom-client";
import { openKubernetes } from "./compose/kubernetes.ts";
import { openQueues } from "./compose/queues.ts";
import { startServices } from "./compose/services.ts";
import { openDataDirectory } from "./data-directory.ts";
import { installDefinitions } from "./definitions.ts";
import { urlHost } from "./options/address.ts";
import type { StandaloneOptions } from "./options/standalone-options.ts";

export interface Standalone {
  /** Where machines register. */
  serverUrl: string;
  /** PEM that they must trust; undefined without TLS or with a certificate of the user's. */
  caCert: string | undefined;
  apiUrl: string;
  healthUrl: string;
  kubeconfig: string;
  /** A connection as the administrator. */
  kube: Kube;
  close(): Promise<boolean>;
}

const shutdownDeadlineMs = 15_000;

/**
 * Starts the embedded Kubernetes, Redis and all services on one data directory. Rejects with one clear error when any of
 * it cannot start; nothing is then left running.
 */
export async function startStandalone(options: StandaloneOptions, log: Logger): Promise<Standalone> {
  const closers = new Closers(log);
  try {
    return await start(options, { closers, log });
  } catch (error) {
    await closers.closeAll(shutdownDeadlineMs);
    throw error;
  }
}

async function start(options: StandaloneOptions, context: { closers: Closers; log: Logger }): Promise<Standalone> {
  const { closers, log } = context;
  const directory = await openDataDirectory(options.dataDir);
  closers.add("data directory", () => directory.release());
  const [kubernetes, queues] = await Promise.all([
    openKubernetes(options, context),
    openQueues(options.dataDir, options.redis, context),
  ]);
  const client = clients(kubernetes, context);
  const kube = await client("standalone");
  await installDefinitions(kube, customResourceDefinitions());
  const registry = new Registry();
  const metrics = controllerMetrics(registry);
  const services = await startServices(options, { ...context, kubernetes, queues, client, registry, metrics });
  const health = await listen(healthApp({ queue: () => queues.healthy() }, registry), options.healthListen);
  closers.add("health server", () => health.close());
  log.info({ serverUrl: services.serverUrl, apiUrl: kubernetes.url }, "started");
  return {
    ...services,
    apiUrl: kubernetes.url,
    healthUrl: `http://${urlHost(health.address.host)}:${health.address.port}`,
    kubeconfig: kubernetes.kubeconfig,
    kube,
    close: () => closers.closeAll(shutdownDeadlineMs),
  };
}

/** Makes one connection per service, so that field managers and the log tell them apart. */
function clients({ kubeconfig }: EmbeddedKubernetes, { closers, log }: { closers: Closers; log: Logger }) {
  return async (name: string): Promise<Kube> => {
    const kube = await connect({
      kubeconfig,
      userAgent: `elemental-${name}`,
      fieldManager: `elemental-${name}`,
      report: (error) => log.debug({ error, client: name }, "retrying in the background"),
    });
    closers.add(`connection of ${name}`, () => kube.close());
    return kube;
  };
}
