import { startInventoryController } from "@elemental/inventory-controller";
import { connect, type Kube } from "@elemental/kube";
import { memoryQueues } from "@elemental/queue";
import { start as startDoor } from "@elemental/registration-api";
import { start as startSelectorController } from "@elemental/selector-controller";
import { silentLogger } from "@elemental/service";
import { ownSettings } from "@elemental/settings";
import { Registry } from "prom-client";
import { freePort } from "../bench/environment/free-port.ts";

/** The services that a machine's life is the work of, in this process: the door, the agent gateway, the controllers. */
export async function startOperator(kubeconfig: string, parts: AsyncDisposableStack): Promise<void> {
  const client = async (name: string): Promise<Kube> => {
    const kube = await connect({ kubeconfig, userAgent: `elemental-${name}`, fieldManager: `elemental-${name}` });
    parts.defer(() => kube.close());
    return kube;
  };
  const port = await freePort();
  const settings = ownSettings({ serverUrl: `http://127.0.0.1:${port}`, caCert: undefined, strictTls: true });
  const queues = memoryQueues();
  parts.defer(() => queues.close());
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
    listen: { host: "127.0.0.1", port },
    agents: (...call) => inventory.gateway.handle(...call),
  });
  parts.defer(() => door.close());
}
