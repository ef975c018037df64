import {
  customResourceDefinitions,
  finalizers,
  machineInventories,
  machineInventorySelectors,
  machines,
} from "@elemental/api";
import type { Kube } from "@elemental/kube";
import { connectAs } from "@elemental/test/account";
import { connectToCluster, machineDefinition, type TestCluster } from "@elemental/test/kube";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test, vi } from "vitest";
import { planChecksum } from "./bootstrap/plan.ts";
import { type Lab, openLab } from "./testing/lab.ts";

const adopted = { status: "True", reason: "SuccessfullyAdoptedInventory" };
const ready = { status: "True", reason: "SelectorReady" };
// Kubernetes' garbage collector learns of new kinds every half minute.
const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 50_000, interval: 50 });

let cluster: TestCluster;
let own: Kube;
let lab: Lab;
beforeAll(async () => {
  cluster = await connectToCluster(inject("kubeconfig"), [...customResourceDefinitions(), machineDefinition]);
  own = await connectAs("selector-controller");
});
afterAll(async () => {
  await own?.close();
  await cluster?.close();
});
beforeEach(async () => {
  lab = await openLab({ kube: cluster.kube, own, namespace: await cluster.createNamespace() });
});
afterEach(() => lab?.close());

const key = (name: string) => ({ namespace: lab.namespace, name });

test("C-054, C-068, C-077 a machine is selected, adopted and gets its bootstrap plan", async () => {
  await lab.register("m", { metadata: { labels: { site: "a", "elemental.cattle.io/InternalIP": "10.0.0.1" } } });
  const owner = await lab.machine("mc");
  const selection = { selector: { matchLabels: { site: "a" } } };
  const { metadata } = await lab.select("s", { metadata: { ownerReferences: [owner] }, spec: selection });
  await lab.until("s", "Ready", ready);
  await lab.until("s", "InventoryReady", adopted);
  expect((await lab.inventory("m")).metadata.ownerReferences).toMatchObject([{ uid: metadata.uid, controller: true }]);
  const { data, metadata: secret } = await lab.secret("m");
  expect(secret.annotations?.["elemental.cattle.io/plan.type"]).toBe("bootstrap");
  expect((await lab.selector("s")).status).toMatchObject({
    ready: true,
    addresses: [{ type: "InternalIP", address: "10.0.0.1" }],
    machineInventoryRef: { name: "m" },
    bootstrapPlanChecksum: planChecksum(Buffer.from(data?.["plan"] ?? "", "base64")),
  });
});

test("C-066 a late bootstrap Secret name is noticed at once", async () => {
  await lab.register("m");
  const owner = await lab.machine("mc");
  const unset = { spec: { bootstrap: { dataSecretName: null } } };
  await lab.kube.patch(machines("v1beta2"), key("mc"), { type: "merge", body: unset });
  await lab.select("s", { metadata: { ownerReferences: [owner] } });
  const message = expect.stringContaining("missing bootstrap data secret name");
  await lab.until("s", "Ready", { status: "False", reason: "FailedToUpdatePlan", message });
  const set = { spec: { bootstrap: { dataSecretName: "mc-bootstrap" } } };
  await lab.kube.patch(machines("v1beta2"), key("mc"), { type: "merge", body: set });
  await lab.until("s", "Ready", ready);
});

test("C-055 a free inventory is adopted within a second, C-060 by one selector only", async () => {
  await Promise.all([lab.select("a"), lab.select("b"), lab.select("c")]);
  for (const name of ["a", "b", "c"])
    await lab.until(name, "Ready", { status: "False", reason: "WaitingForInventory" });
  await lab.register("m");
  const bound = async () => {
    const selectors = await Promise.all(["a", "b", "c"].map((name) => lab.selector(name)));
    return selectors.flatMap(({ status }) => status?.machineInventoryRef?.name ?? []);
  };
  await vi.waitFor(async () => expect(await bound()).toEqual(["m"]), { timeout: 1000, interval: 20 });
  await lab.register("n");
  await eventually(async () => expect((await bound()).sort()).toEqual(["m", "n"]));
});

test("C-056 D-13 an inventory of another namespace is left alone", async () => {
  const other = await cluster.createNamespace();
  await lab.register("m", { metadata: { namespace: other } });
  await lab.select("s");
  await lab.until("s", "Ready", { status: "False", reason: "WaitingForInventory" });
  const inventory = await lab.kube.get(machineInventories, { namespace: other, name: "m" });
  expect(inventory.metadata.ownerReferences).toBeUndefined();
});

test("C-079 deleting the selector deletes its inventory, which waits for its reset", async () => {
  await lab.register("m", { metadata: { finalizers: [finalizers.machineInventory] } });
  await lab.select("s");
  await lab.until("s", "InventoryReady", adopted);
  await lab.kube.delete(machineInventorySelectors, key("s"));
  await eventually(async () => expect((await lab.inventory("m")).metadata.deletionTimestamp).toBeTruthy());
  await lab.kube.patch(machineInventories, key("m"), { type: "merge", body: { metadata: { finalizers: [] } } });
}, 60_000);
