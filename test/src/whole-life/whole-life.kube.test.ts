import {
  type Machine as ClusterApiMachine,
  conditionTypes,
  customResourceDefinitions,
  findCondition,
  type MachineInventory,
  type MachineInventorySelector,
  machineInventories,
  machineInventorySelectors,
  machineInventorySelectorTemplates,
  machineRegistrations,
  machines,
  objectKey,
  secrets,
} from "@elemental/api";
import type { Kube } from "@elemental/kube";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { connectToCluster } from "../kube/cluster.ts";
import { createMachine, type PlanApplication } from "../machine/index.ts";
import { provideAddresses } from "./address-provider.ts";
import { clusterApiMissing, startClusterApi } from "./cluster-api.ts";
import { leftovers } from "./leftovers.ts";
import {
  clusterObjects,
  clusters,
  machineDeployments,
  registration,
  rkeClusterDefinition,
  rkeClusters,
} from "./objects.ts";
import { startOperator } from "./operator.ts";

const missing = await clusterApiMissing(inject("apiKind"));
const parts = new AsyncDisposableStack();
let kube: Kube;
let namespace: string;

const address = "192.0.2.7";

// A busy machine needs minutes for what takes an idle one ten seconds.
const [startMs, lifeMs] = [300_000, 300_000];

beforeAll(async () => {
  if (missing) return;
  const api = await startClusterApi();
  parts.defer(() => api.stop());
  const cluster = await connectToCluster(api.kubeconfig, [...customResourceDefinitions(), rkeClusterDefinition]);
  parts.defer(() => cluster.close());
  kube = cluster.kube;
  namespace = await cluster.createNamespace();
  await startOperator({ kubeconfig: api.kubeconfig }, parts);
  parts.defer(provideAddresses(kube, namespace, address));
}, startMs);
afterAll(() => parts.disposeAsync());

// Kubernetes' garbage collector learns of new kinds every half minute.
const eventually = <T>(check: () => Promise<T>) => vi.waitFor(check, { timeout: 60_000, interval: 100 });

const inventories = async () => (await kube.list(machineInventories, { namespace })).items;

/** The one inventory, once it is as wanted. */
function inventory(wanted: (inventory: MachineInventory) => void): Promise<MachineInventory> {
  return eventually(async () => {
    const [first, ...others] = await inventories();
    expect(others).toEqual([]);
    if (!first) throw new Error("there is no inventory");
    wanted(first);
    return first;
  });
}

const isReady = ({ status }: MachineInventory) =>
  expect(findCondition(status?.conditions, conditionTypes.ready)).toMatchObject({ status: "True" });

const isReset = ({ plan: { files } }: PlanApplication) => files?.[0]?.path === "/oem/reset-cloud-config.yaml";

async function selectorWith(status: object): Promise<MachineInventorySelector> {
  return eventually(async () => {
    const [selector] = (await kube.list(machineInventorySelectors, { namespace })).items;
    expect(selector?.status).toMatchObject(status);
    return selector as MachineInventorySelector;
  });
}

const scaleTo = (replicas: number) =>
  kube.patch(machineDeployments, { namespace, name: "life" }, { type: "merge", body: { spec: { replicas } } });

/** What Rancher does when the node has joined (2.3.7). */
async function provideNode(selector: MachineInventorySelector): Promise<void> {
  const addresses = [{ type: "InternalIP", address }];
  await kube.patchStatus(machineInventorySelectors, objectKey(selector), {
    type: "merge",
    body: { status: { addresses } },
  });
  const spec = { providerID: "rke2://life-1" };
  await kube.patch(machineInventorySelectors, objectKey(selector), { type: "merge", body: { spec } });
}

test.skipIf(missing)(
  `C-078 a machine's whole life in a cluster of Cluster API leaves nothing behind${missing ? ` (skipped: ${missing})` : ""}`,
  async () => {
    // Registered, over the websocket of the door, with an address of its own.
    const created = await kube.create(machineRegistrations, registration(namespace));
    const url = await eventually(async () => {
      const { status } = await kube.get(machineRegistrations, objectKey(created));
      expect(findCondition(status?.conditions, conditionTypes.ready)).toMatchObject({ status: "True" });
      return status?.registrationURL ?? "";
    });
    const machine = await createMachine({
      name: namespace,
      registration: await (await fetch(url)).text(),
      tpm: "emulated",
      args: ["--once"],
      inProcess: true,
    });
    parts.defer(() => machine.stop());
    expect(await machine.register()).toMatchObject({ status: 0 });
    const agent = machine.startAgent();
    // Labelled, by the registration and by a user.
    const registered = await inventory(isReady);
    expect(registered.metadata.labels).toMatchObject({ site: "life" });
    expect(registered.spec?.network?.ipAddresses).toEqual({ eth0: address });
    const labels = { "elemental.cattle.io/Hostname": "node-1", rack: "7" };
    await kube.patch(machineInventories, objectKey(registered), { type: "merge", body: { metadata: { labels } } });
    // Selected and adopted, for a Machine of Cluster API.
    const { template, bootstrap, infrastructure, cluster, deployment } = clusterObjects(namespace);
    await kube.create(machineInventorySelectorTemplates, template);
    await kube.create(secrets, bootstrap);
    await kube.create(rkeClusters, infrastructure);
    await kube.create(clusters, cluster);
    await kube.create(machineDeployments, deployment);
    const adopted = await selectorWith({ ready: true, machineInventoryRef: { name: registered.metadata.name } });
    expect(adopted.metadata.labels).toMatchObject({ "cluster.x-k8s.io/cluster-name": "life" });
    expect(adopted.status?.addresses).toEqual([{ type: "Hostname", address: "node-1" }]);
    // Bootstrapped.
    const plan = await agent.applied((application) => (application.plan.files ?? []).length === 7);
    expect(plan.checksum).toBe(adopted.status?.bootstrapPlanChecksum);
    await inventory(isReady);
    await provideNode(adopted);
    await eventually(async () => {
      const [owner] = (await kube.list(machines("v1beta2"), { namespace })).items;
      expect((owner as ClusterApiMachine & { status?: object }).spec?.providerID).toBe("rke2://life-1");
      expect((owner as { status?: object })?.status).toMatchObject({
        phase: expect.stringMatching(/^(Provisioned|Running)$/),
        initialization: { infrastructureProvisioned: true },
        addresses: [{ type: "InternalIP", address }],
      });
    });
    // Released and reset: the Machine goes, and with it its selector and the inventory once the machine has its plan.
    await scaleTo(0);
    await agent.applied(isReset);
    await eventually(async () => expect(await inventories()).toEqual([]));
    await agent.stop();
    // Registered again, from the recovery system, and a machine of nobody.
    expect(await machine.register("reset")).toMatchObject({ status: 0 });
    const second = machine.startAgent();
    const again = await inventory(isReady);
    expect(again.metadata.uid).not.toBe(registered.metadata.uid);
    expect(findCondition(again.status?.conditions, conditionTypes.adoptionReady)?.reason).toBe("WaitingToBeAdopted");
    // Deleted, with everything that users made for it.
    await kube.delete(machineInventories, objectKey(again));
    await second.applied(isReset);
    await kube.delete(clusters, objectKey(cluster));
    await kube.delete(machineInventorySelectorTemplates, objectKey(template));
    await kube.delete(machineRegistrations, { namespace, name: "life" });
    await kube.delete(secrets, objectKey(bootstrap));
    await eventually(async () => expect(await leftovers(kube, namespace)).toEqual([]));
  },
  lifeMs,
);
