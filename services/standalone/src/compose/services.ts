import { join } from "node:path";
import type { EmbeddedKubernetes } from "@elemental/apiserver";
import type { ControllerMetrics } from "@elemental/controller";
import { startInventoryController } from "@elemental/inventory-controller";
import type { Kube } from "@elemental/kube";
import { startOsVersionSyncer } from "@elemental/osversion-syncer";
import type { QueueFactory } from "@elemental/queue";
import { start as startDoor } from "@elemental/registration-api";
import { startSeedImageBuilder } from "@elemental/seedimage-builder";
import { start as startSelectorController } from "@elemental/selector-controller";
import type { Closers, Logger } from "@elemental/service";
import type { Registry } from "prom-client";
import type { StandaloneOptions } from "../options/standalone-options.ts";
import { doorTls } from "./door-tls.ts";
import { localImages } from "./images.ts";
import { type LateSettings, lateSettings } from "./late-settings.ts";
import { serverUrlFor } from "./server-url.ts";

export interface ServiceParts {
  kubernetes: EmbeddedKubernetes;
  queues: QueueFactory;
  /** Makes a connection for one service. */
  client(name: string): Promise<Kube>;
  registry: Registry;
  metrics: ControllerMetrics;
  closers: Closers;
  log: Logger;
}

export interface RunningServices {
  serverUrl: string;
  caCert: string | undefined;
}

/** Starts the five services in this process. */
export async function startServices(options: StandaloneOptions, parts: ServiceParts): Promise<RunningServices> {
  const settings = lateSettings();
  const inventory = await startInventoryController({ ...(await controller("inventory-controller", parts)), settings });
  parts.closers.add("inventory-controller", () => inventory.stop());
  const running = await startTheDoor(options, {
    ...parts,
    settings,
    agents: (...call) => inventory.gateway.handle(...call),
  });
  await Promise.all([startSelector(parts), startSyncer(parts), startBuilder(options, { ...parts, settings })]);
  return running;
}

type DoorParts = ServiceParts & {
  settings: LateSettings;
  agents: NonNullable<Parameters<typeof startDoor>[0]["agents"]>;
};

async function startTheDoor(options: StandaloneOptions, parts: DoorParts): Promise<RunningServices> {
  const { kubernetes, settings, log, registry, queues, agents } = parts;
  const tls = await doorTls(options, serverUrlFor(options.serverUrl, options.listen), kubernetes.pki);
  const door = await startDoor({
    kube: await parts.client("registration-api"),
    queues,
    settings,
    log: log.child({ service: "registration-api" }),
    registry,
    listen: options.listen,
    ...(tls && { tls: { cert: tls.certificate, key: tls.key } }),
    agents,
    serviceAddress: ({ namespace, name }) => kubernetes.serviceAddress(namespace, name, 80),
  });
  parts.closers.add("registration-api", () => door.close());
  const serverUrl = serverUrlFor(options.serverUrl, door.address);
  settings.complete({ serverUrl, caCert: tls?.caCert, strictTls: true });
  return { serverUrl, caCert: tls?.caCert };
}

async function startSelector(parts: ServiceParts): Promise<void> {
  const running = await startSelectorController(await controller("selector-controller", parts));
  parts.closers.add("selector-controller", () => running.stop());
}

async function startSyncer(parts: ServiceParts): Promise<void> {
  const settings = { operatorImage: localImages.operator, proxyEnv: {}, defaultRegistry: "" };
  const running = startOsVersionSyncer({ ...(await controller("osversion-syncer", parts)), settings });
  parts.closers.add("osversion-syncer", () => running.stop());
  await running.started();
}

async function startBuilder(
  { dataDir }: StandaloneOptions,
  { settings, ...parts }: ServiceParts & { settings: LateSettings },
): Promise<void> {
  const builder = {
    image: localImages.isoBuilder,
    imagePullPolicy: "IfNotPresent",
    baseCacheDirectory: join(dataDir, "cache"),
    allowLocalBase: true,
  } as const;
  const running = startSeedImageBuilder({ ...(await controller("seedimage-builder", parts)), settings, builder });
  parts.closers.add("seedimage-builder", () => running.stop());
  await running.started();
}

async function controller(name: string, { client, queues, metrics, log }: ServiceParts) {
  return { kube: await client(name), queues, metrics, logger: log.child({ service: name }) };
}
