import {
  type KubeObject,
  type MachineInventory,
  type MachineInventorySelector,
  machineInventories,
  machineInventorySelectors,
  machines,
  objectKey,
  type Secret,
  secrets,
} from "@elemental/api";
import type { Kube } from "@elemental/kube";
import { memoryKube } from "@elemental/kube/testing";
import { memoryQueues } from "@elemental/queue";
import { expect, vi } from "vitest";
import { start } from "../start.ts";
import { confirmAdoptions } from "./confirmer.ts";
import * as objects from "./objects.ts";

/** A namespace in an API of its own, with a running selector controller. */
export interface Lab {
  kube: Kube;
  namespace: string;
  /** A machine that has registered: its inventory with its plan Secret. */
  register(name: string, options?: Parameters<typeof objects.inventory>[1]): Promise<MachineInventory>;
  /** A Machine with its bootstrap Secret, and the owner reference to it. */
  machine(name: string): Promise<NonNullable<KubeObject["metadata"]["ownerReferences"]>[number]>;
  select(name: string, options?: Parameters<typeof objects.selector>[1]): Promise<MachineInventorySelector>;
  selector(name: string): Promise<MachineInventorySelector>;
  inventory(name: string): Promise<MachineInventory>;
  secret(name: string): Promise<Secret>;
  /** Waits until the condition of the selector is as given. */
  until(name: string, type: string, expected: { status: string; reason?: string; message?: unknown }): Promise<void>;
  close(): Promise<void>;
}

export interface LabOptions {
  /** Default: an API in memory, closed with the lab. */
  kube?: Kube;
  /** What the controller itself uses. Default: the same. */
  own?: Kube;
  /** Default: the one of the builders. */
  namespace?: string;
  /** Whether inventories confirm their adoption. */
  confirm?: boolean;
}

export async function openLab(options: LabOptions = {}): Promise<Lab> {
  const { kube = memoryKube(), own = kube, namespace = objects.namespace, confirm = true } = options;
  const queues = memoryQueues({ backoff: { baseMs: 10, capMs: 50 } });
  const running = await start({ kube: own, queues });
  const stopConfirming = confirm ? confirmAdoptions(kube) : () => {};
  const key = (name: string) => ({ namespace, name });
  return {
    kube,
    namespace,
    register: (name, options) => register(kube, fresh(objects.inventory(name, options), namespace)),
    machine: async (name) => {
      await kube.create(secrets, fresh(objects.bootstrapSecret(`${name}-bootstrap`), namespace));
      const created = await kube.create(
        machines("v1beta2"),
        fresh(objects.machine(name, `${name}-bootstrap`), namespace),
      );
      return { ...objects.machineOwner(name), uid: created.metadata.uid ?? "" };
    },
    select: (name, options) =>
      kube.create(machineInventorySelectors, fresh(objects.selector(name, options), namespace)),
    selector: (name) => kube.get(machineInventorySelectors, key(name)),
    inventory: (name) => kube.get(machineInventories, key(name)),
    secret: (name) => kube.get(secrets, key(name)),
    until: (name, type, expected) =>
      vi.waitFor(
        async () => {
          const { status } = await kube.get(machineInventorySelectors, key(name));
          expect(status?.conditions?.find((condition) => condition.type === type)).toMatchObject(expected);
        },
        { timeout: 20_000, interval: 10 },
      ),
    close: async () => {
      stopConfirming();
      await running.stop();
      await queues.close();
      if (!options.kube) await kube.close();
    },
  };
}

/** What the registration and the inventory controller leave of a machine. */
async function register(kube: Kube, inventory: MachineInventory): Promise<MachineInventory> {
  const created = await kube.create(machineInventories, inventory);
  await kube.create(secrets, objects.planSecret(created));
  const status = { ...inventory.status, plan: { secretRef: objectKey(created) } };
  return kube.patchStatus(machineInventories, objectKey(created), { type: "merge", body: { status } });
}

// As a client creates it: in the lab's namespace, without what the server sets.
function fresh<T extends KubeObject>(object: T, namespace: string): T {
  const { uid: _uid, resourceVersion: _version, creationTimestamp: _time, ...metadata } = object.metadata;
  const own = metadata.namespace === objects.namespace ? { ...metadata, namespace } : metadata;
  return { ...object, metadata: own };
}
