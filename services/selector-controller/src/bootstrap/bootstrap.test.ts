import { machineInventories, machines, secrets } from "@elemental/api";
import { memoryKube } from "@elemental/kube/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type Lab, type LabOptions, openLab } from "../testing/lab.ts";
import {
  bootstrapSecret,
  emptyPlanChecksum,
  machine,
  machineOwner,
  namespace,
  ownedBy,
  planSecret,
} from "../testing/objects.ts";
import { planChecksum } from "./plan.ts";

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
const ready = { status: "True", reason: "SelectorReady" };
const key = (name: string) => ({ namespace, name });

describe("bootstrap", () => {
  const problem = (message: string) => ({ status: "False", reason: "FailedToUpdatePlan", message });

  test("C-065 a selector without Machine says so and stays adopted", async () => {
    const lab = await open();
    await lab.register("m");
    await lab.select("s");
    const message = "failed to get bootstrap plan: machine for machine inventory selector doesn't exist";
    await lab.until("s", "Ready", problem(message));
    await lab.until("s", "InventoryReady", adopted);
  });

  test("C-066 a Machine without bootstrap Secret name, which is set later", async () => {
    const lab = await open();
    await lab.register("m");
    await lab.kube.create(machines("v1beta2"), machine("mc"));
    await lab.select("s", { metadata: { ownerReferences: [machineOwner("mc")] } });
    const message = `failed to get bootstrap plan: machine ${namespace}/mc missing bootstrap data secret name`;
    await lab.until("s", "Ready", problem(message));
    await lab.kube.create(secrets, bootstrapSecret("data"));
    const body = { spec: { bootstrap: { dataSecretName: "data" } } };
    await lab.kube.patch(machines("v1beta2"), key("mc"), { type: "merge", body });
    await lab.until("s", "Ready", ready);
  });

  test.each([
    ["an absent Machine", [], "failed to get bootstrap plan: failed to find an owner machine for inventory selector: "],
    ["an absent Secret", ["mc"], "failed to get bootstrap plan: failed to get a boostrap plan for the machine: "],
  ])("%s", async (_case, existing, message) => {
    const lab = await open();
    await lab.register("m");
    for (const name of existing) await lab.kube.create(machines("v1beta2"), machine(name, "absent"));
    await lab.select("s", { metadata: { ownerReferences: [machineOwner("mc")] } });
    const text = expect.stringContaining(message) as unknown as string;
    await lab.until("s", "Ready", problem(text));
  });

  test.each([["v1beta1"], ["v1beta2"], ["v1beta3"]])(
    "C-067 D-14 a Machine reference of version %s works",
    async (version) => {
      const lab = await open();
      await lab.register("m");
      await lab.machine("mc");
      await lab.select("s", { metadata: { ownerReferences: [machineOwner("mc", version)] } });
      await lab.until("s", "Ready", ready);
    },
  );

  test("C-068, C-074, C-077 the plan is handed over, results of older plans are cleared", async () => {
    const lab = await open();
    await lab.register("m");
    const body = { data: { "applied-checksum": "eA==", "failed-checksum": "eA==", "success-count": "MQ==" } };
    await lab.kube.patch(secrets, key("m"), { type: "merge", body });
    await lab.select("s", { metadata: { ownerReferences: [await lab.machine("mc")] } });
    await lab.until("s", "Ready", ready);
    const { data, metadata } = await lab.secret("m");
    expect(metadata.annotations).toEqual({ "elemental.cattle.io/plan.type": "bootstrap", "example.com/kept": "yes" });
    expect(data).toMatchObject({ "applied-checksum": "", "failed-checksum": "", "success-count": "MQ==" });
    const plan = Buffer.from(data?.["plan"] ?? "", "base64");
    const { status } = await lab.selector("s");
    expect(status).toMatchObject({ ready: true, initialization: { provisioned: true } });
    expect(status?.bootstrapPlanChecksum).toBe(planChecksum(plan));
  });

  test("C-073, C-075 a settled selector writes nothing, whatever happens to the inventory's labels", async () => {
    const lab = await open();
    await lab.register("m", { metadata: { labels: { "elemental.cattle.io/InternalIP": "10.0.0.1" } } });
    await lab.select("s", { metadata: { ownerReferences: [await lab.machine("mc")] } });
    await lab.until("s", "Ready", ready);
    const before = await lab.selector("s");
    expect(before.status?.addresses).toEqual([{ type: "InternalIP", address: "10.0.0.1" }]);
    const plan = (await lab.secret("m")).metadata.resourceVersion;
    for (let i = 0; i < 10; i += 1) {
      const body = { metadata: { labels: { touched: String(i) } } };
      await lab.kube.patch(machineInventories, key("m"), { type: "merge", body });
    }
    await lab.select("later");
    await lab.until("later", "Ready", waiting);
    expect((await lab.selector("s")).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    expect((await lab.secret("m")).metadata.resourceVersion).toBe(plan);
  });

  test("an adoption with its plan costs four writes of ours", async () => {
    const kube = memoryKube();
    const lab = await open({ kube });
    await lab.register("m");
    const owner = await lab.machine("mc");
    const before = kube.writes.length;
    await lab.select("s", { metadata: { ownerReferences: [owner] } });
    await lab.until("s", "Ready", ready);
    const verbs = kube.writes.slice(before).map(({ verb, type }) => `${verb} ${type.kind}`);
    expect(verbs).toEqual([
      "create MachineInventorySelector",
      "patchStatus MachineInventorySelector",
      "patch MachineInventory",
      "patchStatus MachineInventory",
      "patch Secret",
      "patchStatus MachineInventorySelector",
    ]);
  });

  test("a plan Secret that is not the inventory's is never written", async () => {
    const lab = await open();
    await lab.register("m");
    const foreign = { metadata: { ownerReferences: [{ ...ownedBy("x"), kind: "Other", uid: "x" }] } };
    await lab.kube.patch(secrets, key("m"), { type: "merge", body: foreign });
    await lab.select("s", { metadata: { ownerReferences: [await lab.machine("mc")] } });
    const text = expect.stringMatching(/^failed to get plan secret: .* is not owned by/) as unknown as string;
    await lab.until("s", "Ready", problem(text));
  });

  test("C-080 an inventory that is lost after the bootstrap is reported, what Cluster API was told stays", async () => {
    const lab = await open();
    await lab.register("m");
    await lab.select("s", { metadata: { ownerReferences: [await lab.machine("mc")] } });
    await lab.until("s", "Ready", ready);
    await lab.register("another");
    await lab.kube.delete(machineInventories, key("m"));
    const lost = { status: "False", reason: "FailedToAdoptInventory", message: expect.stringContaining("not found") };
    await lab.until("s", "Ready", lost);
    await lab.until("s", "InventoryReady", lost);
    expect((await lab.selector("s")).status).toMatchObject({ ready: true, machineInventoryRef: { name: "m" } });
  });

  test("D-06 the plan is written again into a plan Secret that was lost and made anew", async () => {
    const lab = await open();
    const inventory = await lab.register("m");
    await lab.select("s", { metadata: { ownerReferences: [await lab.machine("mc")] } });
    await lab.until("s", "Ready", ready);
    const plan = (await lab.secret("m")).data?.["plan"];
    await lab.kube.delete(secrets, key("m"));
    await lab.kube.create(secrets, planSecret(inventory));
    const body = { status: { plan: { checksum: emptyPlanChecksum, state: "Applied" } } };
    await lab.kube.patchStatus(machineInventories, key("m"), { type: "merge", body });
    await vi.waitFor(async () => expect((await lab.secret("m")).data?.["plan"]).toBe(plan));
  });
});
