import { Agent } from "node:http";
import type { Kube } from "@elemental/kube";
import type { QueueFactory } from "@elemental/queue";
import type { ListenAddress, Logger } from "@elemental/service";
import type { Settings } from "@elemental/settings";
import type { Registry } from "prom-client";
import { Admission, type AdmissionLimits, defaultLimits } from "./admission/admission.ts";
import { clientAddress, peerAddress } from "./admission/client-address.ts";
import { MemoryGuard } from "./admission/memory-guard.ts";
import { type AgentHandler, noGateway } from "./agent/forward.ts";
import type { AuthenticationPolicy } from "./authentication/policy.ts";
import { type Deadlines, defaultDeadlines } from "./conversation/converse.ts";
import { Door } from "./door.ts";
import { Handshake } from "./handshake.ts";
import { type ConnectionLimits, defaultConnectionLimits } from "./http/connections.ts";
import { type ConnectionDeadlines, defaultConnectionDeadlines, serveDoor, type TlsOptions } from "./http/serve.ts";
import { KeyedMutex } from "./inventory/keyed-mutex.ts";
import { Audit } from "./observe/audit.ts";
import { type DoorMetrics, doorMetrics, tunnelMetrics } from "./observe/metrics.ts";
import { EntryPolicy } from "./policy/entry-policy.ts";
import { Registrar } from "./registrar.ts";
import { clusterDns, type ServiceAddress } from "./seed-image/proxy.ts";
import { Tunnel, type TunnelOptions } from "./tunnel/tunnel.ts";
import { startWatches, type Watches } from "./watches.ts";

/** What the door is made of. Everything optional has the default that suits a cluster. */
export interface DoorOptions {
  kube: Kube;
  queues: QueueFactory;
  settings: Settings;
  log: Logger;
  registry: Registry;
  listen: ListenAddress;
  tls?: TlsOptions;
  agents?: AgentHandler;
  serviceAddress?: ServiceAddress;
  limits?: Partial<AdmissionLimits & ConnectionLimits>;
  /** Bound of what all conversations and unfinished requests together have received, in bytes. */
  maxReceivedBytes?: number;
  deadlines?: Partial<Deadlines & ConnectionDeadlines>;
  policy?: Partial<AuthenticationPolicy>;
  /** Addresses and ranges of proxies whose X-Forwarded-For counts. */
  trustedProxies?: readonly string[];
  /** How Rancher is reached, where it leads machines to the door through a tunnel. */
  tunnel?: Omit<TunnelOptions, "createServer" | "log">;
  now?(): Date;
}

export interface RunningDoor {
  address: ListenAddress;
  /** Lets conversations under way end, then closes everything. */
  close(): Promise<void>;
}

/** The queue of the controller that completes a new inventory. */
const INVENTORY_QUEUE = "machine-inventory";

const DEFAULT_RECEIVED_BYTES = 128 * 1024 * 1024;

/** Starts the door; resolves when it serves and knows what is in the cluster. Rejects when it cannot listen. */
export async function start(options: DoorOptions): Promise<RunningDoor> {
  const { kube, queues, listen, tls, maxReceivedBytes = DEFAULT_RECEIVED_BYTES } = options;
  const watches = startWatches(kube);
  const limits = { ...defaultLimits, ...defaultConnectionLimits, ...options.limits };
  const admission = new Admission(limits);
  const metrics = doorMetrics(options.registry, () => admission.conversations);
  const guard = new MemoryGuard(maxReceivedBytes, () => metrics.closedFor("memory"));
  const hints = queues.queue(INVENTORY_QUEUE);
  const downloads = new Agent({ keepAlive: true });
  const door = build(options, { watches, guard, admission, metrics, hints, downloads });
  const bounds = { limits, guard, peerAddress: peerAddress(options.trustedProxies ?? []), onExcess: metrics.closedFor };
  const deadlines = { ...defaultConnectionDeadlines, ...options.deadlines };
  const server = await serveDoor(door, { listen, tls, bounds, deadlines }).catch((error: unknown) => {
    watches.stop();
    guard.stop();
    throw error;
  });
  await watches.synced();
  const { log, registry } = options;
  const tunnel = options.tunnel && new Tunnel({ ...options.tunnel, createServer: server.createServer, log });
  if (tunnel) tunnelMetrics(registry, tunnel);
  return {
    address: server.address,
    async close() {
      server.stopListening();
      await tunnel?.close();
      // A machine that was admitted is finished: conversations end by themselves at their deadline.
      await admission.idle();
      await server.close();
      guard.stop();
      downloads.destroy();
      watches.stop();
      await hints.close();
    },
  };
}

interface Parts {
  watches: Watches;
  guard: MemoryGuard;
  admission: Admission;
  metrics: DoorMetrics;
  hints: ReturnType<QueueFactory["queue"]>;
  downloads: Agent;
}

function build(options: DoorOptions, parts: Parts): Door {
  const { kube, settings, log, agents = noGateway, serviceAddress = clusterDns } = options;
  const { watches, admission, metrics, downloads } = parts;
  const { registrations, seedImages } = watches;
  const audit = new Audit({ log, events: kube.events, metrics, conversations: () => admission.conversations });
  const handshake = buildHandshake(options, parts, audit);
  registrations.onChange((namespace) => handshake.review(namespace));
  return new Door({
    registrations,
    seedImages,
    settings,
    admission,
    handshake,
    agents,
    downloads: { serviceAddress, agent: downloads },
    clientAddress: clientAddress(options.trustedProxies ?? []),
    audit,
    metrics,
    log,
  });
}

function buildHandshake(
  options: DoorOptions,
  { watches, guard, admission, metrics, hints }: Parts,
  audit: Audit,
): Handshake {
  const { kube, settings, now = () => new Date() } = options;
  const { registrations, inventories, appearances, anchors } = watches;
  const policy = { allowAnyMethod: false, allowOtherNamespace: false, ...options.policy };
  const deadlines = { ...defaultDeadlines, ...options.deadlines };
  const commit = { kube, appearances, mutex: new KeyedMutex(), now };
  const entry = new EntryPolicy({ registrations, inventories, now });
  const shared = { metrics, audit, policy, entry };
  const registrar = new Registrar({ ...shared, kube, registrations, inventories, settings, commit, hints });
  return new Handshake({ ...shared, admission, guard, anchors, registrar, deadlines, now });
}
