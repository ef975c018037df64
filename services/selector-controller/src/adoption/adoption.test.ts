import { machineInventories, machineInventorySelectors, secrets } from "@elemental/api";
import { KubeError } from "@elemental/kube";
import { memoryKube } from "@elemental/kube/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type Lab, type LabOptions, openLab } from "../testing/lab.ts";
import { namespace, ownedBy } from "../testing/objects.ts";

const labs: Lab[] = [];
const open = async (options?: LabOptions): Promise<Lab> => {
  const lab = await openLab(options);
  labs.push(lab);
  return lab;
};
afterEach(async () => {
  for (const lab of labs.splice(0)) await lab.close();
});

const waiting = {
  status: "False",
  reason: "WaitingForInventory",
  message: expect.stringContaining("waiting for a free"),
};
const adopted = { status: "True", reason: "SuccessfullyAdoptedInventory" };
const key = (name: string) => ({ namespace, name });

describe("adoption", () => {
  test("C-054 a free inventory gets the selector as its controller, the selector its reference", async () => {
    const lab = await open();
    await lab.register("m", { metadata: { labels: { site: "a" } } });
    const { metadata } = await lab.select("s", { spec: { selector: { matchLabels: { site: "a" } } } });
    await lab.until("s", "InventoryReady", adopted);
    expect((await lab.inventory("m")).metadata.ownerReferences).toEqual([ownedBy("s", { uid: metadata.uid ?? "" })]);
    expect((await lab.selector("s")).status?.machineInventoryRef).toEqual({ name: "m" });
  });

  test("C-054 until the inventory confirms, the check is pending", async () => {
    const lab = await open({ confirm: false });
    await lab.register("m");
    await lab.select("s");
    await lab.until("s", "InventoryReady", { status: "Unknown", reason: "WaitForInventoryCheck" });
    expect((await lab.selector("s")).status?.conditions?.find(({ type }) => type === "Ready")).toMatchObject(waiting);
  });

  test.each([
    ["with labels", { matchLabels: { site: "a" } }, { site: "a" }],
    ["C-058 without labels, for an empty selector", {}, {}],
  ])("C-055 an inventory that registers later is adopted at once: %s", async (_case, selector, labels) => {
    const lab = await open();
    await lab.select("s", { spec: { selector } });
    await lab.until("s", "Ready", waiting);
    const began = Date.now();
    await lab.register("m", { metadata: { labels } });
    await lab.until("s", "InventoryReady", adopted);
    expect(Date.now() - began).toBeLessThan(1000);
  });

  test.each([
    ["C-056 is in another namespace", { namespace: "elsewhere", labels: { site: "a" } }],
    ["C-057 is owned by another selector", { ownerReferences: [ownedBy("other")], labels: { site: "a" } }],
    [
      "C-057 is being deleted",
      { finalizers: ["x.y/z"], deletionTimestamp: "2026-01-01T00:00:00Z", labels: { site: "a" } },
    ],
    ["has other labels", { labels: { site: "b" } }],
    ["is paused", { annotations: { "cluster.x-k8s.io/paused": "" }, labels: { site: "a" } }],
  ])("an inventory is not adopted that %s", async (_case, metadata) => {
    const lab = await open();
    await lab.register("m", { metadata });
    if ("deletionTimestamp" in metadata) await lab.kube.delete(machineInventories, key("m"));
    await lab.select("s", { spec: { selector: { matchLabels: { site: "a" } } } });
    await lab.until("s", "Ready", waiting);
    expect((await lab.selector("s")).status?.machineInventoryRef).toBeUndefined();
  });

  test("a machine that has a plan of its own is not adopted before its reset", async () => {
    const lab = await open();
    await lab.register("m");
    const body = { metadata: { annotations: { "elemental.cattle.io/plan.type": "bootstrap" } } };
    await lab.kube.patch(secrets, key("m"), { type: "merge", body });
    await lab.select("s");
    await lab.until("s", "Ready", waiting);
    expect((await lab.inventory("m")).metadata.ownerReferences).toBeUndefined();
  });

  test("C-059 a selector that cannot be understood says so", async () => {
    const lab = await open();
    await lab.select("s", { spec: { selector: { matchExpressions: [{ key: "a", operator: "Foo" }] } } });
    const message = expect.stringMatching(/^failed to convert spec to a label selector: /);
    await lab.until("s", "Ready", { status: "False", reason: "FailedToAdoptInventory", message });
  });

  test("C-060 of two selectors and one inventory exactly one wins, the other waits", async () => {
    const lab = await open();
    await Promise.all([lab.select("a"), lab.select("b")]);
    await lab.until("b", "Ready", waiting);
    await lab.register("m");
    await lab.until("a", "InventoryReady", adopted);
    await lab.until("b", "Ready", waiting);
    expect((await lab.selector("b")).status?.machineInventoryRef).toBeUndefined();
  });

  test("two controllers at once adopt no inventory twice", async () => {
    const kube = memoryKube();
    const [first] = [await open({ kube }), await open({ kube })];
    const names = Array.from({ length: 20 }, (_value, index) => `x${index}`);
    await Promise.all(names.flatMap((name) => [first.register(name), first.select(name)]));
    for (const name of names) await first.until(name, "InventoryReady", adopted);
    const refs = await Promise.all(names.map(async (name) => (await first.selector(name)).status?.machineInventoryRef));
    expect(new Set(refs.map((ref) => ref?.name)).size).toBe(20);
    const owned = (await kube.list(machineInventories)).items.map((item) => item.metadata.ownerReferences?.length);
    expect(owned).toEqual(Array(20).fill(1));
  });

  test("C-063 an inventory that another selector took is given up, then another one found", async () => {
    const lab = await open({ confirm: false });
    await lab.register("m");
    await lab.select("s");
    await lab.until("s", "InventoryReady", { status: "Unknown" });
    const body = { metadata: { ownerReferences: [ownedBy("other")] } };
    await lab.kube.patch(machineInventories, key("m"), { type: "merge", body });
    const message = "machine inventory ownership mismatch detected, restart adoption";
    await lab.until("s", "InventoryReady", { status: "False", reason: "FailedToAdoptInventory", message });
    await lab.register("n");
    await lab.until("s", "InventoryReady", { status: "Unknown" });
    expect((await lab.selector("s")).status?.machineInventoryRef?.name).toBe("n");
  });

  test("C-064 after a crash between the two writes the same inventory is used", async () => {
    let crashed = false;
    const kube = memoryKube({
      intercept: ({ verb, type }) => {
        if (verb !== "patchStatus" || type.kind !== "MachineInventorySelector" || crashed) return;
        crashed = true;
        throw new KubeError("Unavailable", "crashed");
      },
    });
    const lab = await open({ kube });
    await Promise.all([lab.register("m"), lab.register("n")]);
    const { metadata } = await lab.select("s");
    await lab.until("s", "InventoryReady", adopted);
    const { items } = await kube.list(machineInventories);
    const owned = items.filter((item) => item.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid));
    expect(owned.map((item) => item.metadata.name)).toEqual([
      (await lab.selector("s")).status?.machineInventoryRef?.name,
    ]);
  });

  test("D-42 a lost inventory is replaced while no plan was written", async () => {
    const lab = await open();
    await lab.register("m");
    await lab.select("s");
    await lab.until("s", "InventoryReady", adopted);
    await lab.register("n");
    await lab.kube.delete(machineInventories, key("m"));
    await vi.waitFor(async () => expect((await lab.selector("s")).status?.machineInventoryRef?.name).toBe("n"));
    await lab.until("s", "InventoryReady", adopted);
  });

  test("machines that wait for approval are named, not adopted; the approved one is adopted at once", async () => {
    const lab = await open();
    for (const name of ["m1", "m2", "m3", "m4"]) await lab.register(name, { spec: { approval: "Manual" } });
    await lab.select("s");
    const message = "matching MachineInventories wait for approval: m1, m2, m3 and 1 more";
    await lab.until("s", "Ready", { ...waiting, message });
    const body = { metadata: { annotations: { "elemental.cattle.io/approved": "true" } } };
    await lab.kube.patch(machineInventories, key("m3"), { type: "merge", body });
    await lab.until("s", "InventoryReady", adopted);
    expect((await lab.selector("s")).status?.machineInventoryRef).toEqual({ name: "m3" });
  });

  test("a paused selector does nothing", async () => {
    const lab = await open();
    await lab.register("m");
    await lab.select("paused", { metadata: { annotations: { "cluster.x-k8s.io/paused": "" } } });
    await lab.select("s");
    await lab.until("s", "InventoryReady", adopted);
    expect((await lab.selector("paused")).status).toBeUndefined();
  });

  test("owners that do not control the inventory stay", async () => {
    const lab = await open();
    const other = { apiVersion: "v1", kind: "ConfigMap", name: "c", uid: "c" };
    await lab.register("m", { metadata: { ownerReferences: [other] } });
    await lab.select("s");
    await lab.until("s", "InventoryReady", adopted);
    expect((await lab.inventory("m")).metadata.ownerReferences).toMatchObject([other, { name: "s" }]);
  });

  test("C-079 the inventory of a deleted selector is deleted with it", async () => {
    const lab = await open();
    await lab.register("m", { metadata: { finalizers: ["machineinventory.elemental.cattle.io"] } });
    await lab.select("s");
    await lab.until("s", "InventoryReady", adopted);
    await lab.kube.delete(machineInventorySelectors, key("s"));
    expect((await lab.inventory("m")).metadata.deletionTimestamp).toBeTruthy();
  });
});
