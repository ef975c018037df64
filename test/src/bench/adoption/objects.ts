import { createHash } from "node:crypto";
import {
  apiVersion,
  finalizers,
  type MachineInventory,
  type MachineInventorySelector,
  machineInventories,
  machines,
  secrets,
} from "@elemental/api";
import type { Kube } from "@elemental/kube";
import { forEachIndex } from "../measure/workers.ts";

const concurrency = 64;
const bootstrapName = "bootstrap";

/** Creates inventories as the door does, with names from `machine-<first>` on. */
export async function createInventories(kube: Kube, namespace: string, count: number, first = 0): Promise<void> {
  const create = (index: number) => kube.create(machineInventories, inventory(namespace, first + index));
  await forEachIndex(count, concurrency, create);
}

function inventory(namespace: string, index: number): MachineInventory {
  return {
    apiVersion,
    kind: "MachineInventory",
    metadata: {
      namespace,
      name: `machine-${index}`,
      labels: { site: "bench", "elemental.cattle.io/Hostname": `machine-${index}` },
      finalizers: [finalizers.machineInventory],
    },
    spec: { tpmHash: createHash("sha256").update(`${namespace} ${index}`).digest("hex") },
  };
}

/** Creates the Machines that own selectors, with the bootstrap data they share; their UIDs by index. */
export async function createMachines(kube: Kube, namespace: string, count: number): Promise<string[]> {
  const value = Buffer.from("#!/bin/sh\necho bootstrapped\n").toString("base64");
  await kube.create(secrets, {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { namespace, name: bootstrapName },
    type: "cluster.x-k8s.io/secret",
    data: { value },
  });
  const uids: string[] = [];
  await forEachIndex(count, concurrency, async (index) => {
    const { metadata } = await kube.create(machines("v1beta2"), {
      apiVersion: "cluster.x-k8s.io/v1beta2",
      kind: "Machine",
      metadata: { namespace, name: `selector-${index}` },
      spec: { clusterName: "bench", bootstrap: { dataSecretName: bootstrapName } },
    });
    uids[index] = metadata.uid ?? "";
  });
  return uids;
}

/** The selector of the Machine with this UID. */
export function selector(namespace: string, index: number, machineUid: string): MachineInventorySelector {
  const name = `selector-${index}`;
  const owner = { apiVersion: "cluster.x-k8s.io/v1beta2", kind: "Machine", name, uid: machineUid, controller: true };
  return {
    apiVersion,
    kind: "MachineInventorySelector",
    metadata: { namespace, name, ownerReferences: [owner] },
    spec: { selector: { matchLabels: { site: "bench" } } },
  };
}
