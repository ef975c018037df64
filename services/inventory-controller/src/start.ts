import { type RunOptions, run } from "@elemental/controller";
import type { Settings } from "@elemental/settings";
import { type AgentGateway, agentGateway } from "./gateway/gateway.ts";
import { inventoryControllerName, machineInventoryController } from "./machine-inventory/controller.ts";
import { servedIpamVersion } from "./machine-inventory/observe.ts";
import {
  machineRegistrationController,
  registrationControllerName,
  startAccessWatches,
} from "./machine-registration/controller.ts";
import { startWatches } from "./watches.ts";

/** Names of the controllers and of their queues. */
export const controllerNames = [registrationControllerName, inventoryControllerName];

export interface InventoryControllerOptions extends RunOptions {
  settings: Settings;
}

export interface RunningInventoryController {
  /** Answers agents; the door hands their requests over, in one process directly. */
  gateway: AgentGateway;
  /** Ends the watches of agents, takes no more work and resolves when the runs under way have ended. */
  stop(): Promise<void>;
}

/** Starts the controllers of MachineRegistration and MachineInventory, and the agent gateway. Resolves when they work. */
export async function startInventoryController({
  settings,
  ...options
}: InventoryControllerOptions): Promise<RunningInventoryController> {
  const { kube, logger } = options;
  const watches = startWatches(kube);
  const accessWatches = startAccessWatches(kube);
  const informers = [...Object.values(watches), ...Object.values(accessWatches)];
  await Promise.all(informers.map((informer) => informer.synced()));
  const ipamVersion = await servedIpamVersion(kube);
  const controllers = [
    run(machineRegistrationController({ kube, watches, accessWatches, settings }), options),
    run(machineInventoryController({ kube, watches, ipamVersion }), options),
  ];
  const gateway = agentGateway({
    kube,
    registrations: watches.registrations,
    inventories: watches.inventories,
    planSecrets: watches.planSecrets,
    report: (error) => logger?.warn({ error }, "the agent gateway could not reach the Kubernetes API"),
  });
  await Promise.all(controllers.map((controller) => controller.started()));
  return {
    gateway,
    async stop() {
      gateway.stop();
      await Promise.all(controllers.map((controller) => controller.stop()));
      for (const informer of informers) informer.stop();
    },
  };
}
