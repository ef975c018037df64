import { startInventoryController } from "@elemental/inventory-controller";
import { connect, type Kube } from "@elemental/kube";
import { memoryQueues, type QueueFactory } from "@elemental/queue";
import { start as startDoor } from "@elemental/registration-api";
import { start as startSelectorController } from "@elemental/selector-controller";
import { silentLogger } from "@elemental/service";
import { ownSettings, type Settings } from "@elemental/settings";
import { Registry } from "prom-client";
import { freePort } from "../bench/environment/free-port.ts";

export interface OperatorOptions {
  kubeconfig: string;
  /** Default: queues of its own, in memory. */
  queues?: QueueFactory;
  /** Where machines are told to register; default: at this door. */
  serverUrl?: string;
}

/** A replica of every service that a machine's life is the work of, in this process. */
export interface Operator {
  /** Where the door is. */
  url: string;
}

/** Starts the door, the agent gateway and the controllers; they end with `parts`. */
export async function startOperator(options: OperatorOptions, parts: AsyncDisposableStack): Promise<Operator> {
  const { kubeconfig, queues = parts.adopt(memoryQueues(), (own) => own.close()) } = options;
  const client = async (name: string): Promise<Kube> => {
    const kube = await connect({ kubeconfig, userAgent: `elemental-${name}`, fieldManager: `elemental-${name}` });
    return parts.adopt(kube, () => kube.close());
  };
  const listen = { host: "127.0.0.1", port: await freePort() };
  const url = `http://${listen.host}:${listen.port}`;
  const settings: Settings = ownSettings({
    serverUrl: options.serverUrl ?? url,
    caCert: undefined,
    strictTls: true,
  });
  const inventory = await startInventoryController({ kube: await client("inventory-controller"), queues, settings });
  parts.defer(() => inventory.stop());
  const selector = await startSelectorController({ kube: await client("selector-controller"), queues });
  parts.defer(() => selector.stop());
  const door = await startDoor({
    kube: await client("registration-api"),
    queues,
    settings,
    log: silentLogger,
    registry: new Registry(),
    listen,
    agents: (...call) => inventory.gateway.handle(...call),
  });
  parts.defer(() => door.close());
  return { url };
}
