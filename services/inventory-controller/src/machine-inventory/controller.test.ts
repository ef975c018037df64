import {
  apiVersion,
  conditionTypes,
  findCondition,
  isTrue,
  type MachineInventory,
  type MachineInventorySelector,
  machineInventories,
  machineInventorySelectors,
  machineRegistrations,
  objectKey,
  planTypes,
  type Secret,
  secrets,
} from "@elemental/api";
import { describe, expect, it } from "vitest";
import { gone, report, testSystem, writesSince } from "../testing/test-system.ts";
import { planChecksum } from "./plan-secret.ts";

const namespace = "fleet-default";
const inventory = (name: string, parts: Partial<MachineInventory> = {}): MachineInventory => ({
  apiVersion,
  kind: "MachineInventory",
  spec: {},
  ...parts,
  metadata: { name, namespace, ...parts.metadata },
});
const readyOf = (object: MachineInventory | undefined) =>
  findCondition(object?.status?.conditions, conditionTypes.ready);
const planType = (secret: Secret | undefined) => secret?.metadata.annotations?.["elemental.cattle.io/plan.type"];
const planOf = (secret: Secret) => Buffer.from(secret.data?.["plan"] ?? "", "base64");

describe("approval and denial", () => {
  const approvedOf = (object: MachineInventory | undefined) => findCondition(object?.status?.conditions, "Approved");

  it("one that waits costs one status; approved it gets its plan Secret", async () => {
    await using system = await testSystem();
    const before = system.kube.writes.length;
    const finalizers = ["machineinventory.elemental.cattle.io"];
    const parts = { metadata: { name: "m1", finalizers }, spec: { approval: "Manual" } } as const;
    const { metadata } = await system.kube.create(machineInventories, inventory("m1", parts as object));
    const key = { namespace, name: metadata.name };
    await system.until(machineInventories, key, (object) => approvedOf(object)?.reason === "WaitingForApproval");
    await system.quiet();
    expect(writesSince(system.kube, before)).toEqual(["create machineinventories", "patchStatus machineinventories"]);
    const body = { metadata: { annotations: { "elemental.cattle.io/approved": "true" } } };
    await system.kube.patch(machineInventories, key, { type: "merge", body });
    await system.until(machineInventories, key, (object) => approvedOf(object)?.status === "True");
    expect(planType(await system.kube.get(secrets, key))).toBe("empty");
  });

  it("a denied machine has the condition as long as a registration denies it", async () => {
    await using system = await testSystem();
    const hash = "a".repeat(64);
    const created = await system.kube.create(machineInventories, inventory("m1", { spec: { tpmHash: hash } }));
    const key = objectKey(created);
    await system.until(machineInventories, key, (object) => readyOf(object)?.reason === "WaitingForPlan");
    const { metadata } = await system.kube.create(machineRegistrations, {
      apiVersion,
      kind: "MachineRegistration",
      metadata: { name: "r", namespace },
      spec: { deny: [hash] },
    });
    await system.until(machineInventories, key, (object) => readyOf(object)?.reason === "Denied");
    const body = { spec: { deny: null } };
    await system.kube.patch(machineRegistrations, { namespace, name: metadata.name }, { type: "merge", body });
    await system.until(machineInventories, key, (object) => readyOf(object)?.reason === "WaitingForPlan");
    expect(approvedOf(await system.kube.get(machineInventories, key))).toBeUndefined();
  });
});

describe("inventories", () => {
  it("C-027 C-028 a new one costs its plan Secret and one status, beside the finalizer that its creator left out", async () => {
    await using system = await testSystem();
    const before = system.kube.writes.length;
    const finalizers = ["machineinventory.elemental.cattle.io"];
    const created = await system.kube.create(
      machineInventories,
      inventory("m1", { metadata: { name: "m1", finalizers } }),
    );
    await system.until(
      machineInventories,
      objectKey(created),
      (object) => readyOf(object)?.reason === "WaitingForPlan",
    );
    await system.quiet();
    expect(writesSince(system.kube, before)).toEqual([
      "create machineinventories",
      "create secrets",
      "patchStatus machineinventories",
    ]);
  });

  it("C-029 C-033 the agent's report counts, and a lost Secret comes back", async () => {
    await using system = await testSystem();
    const created = await system.kube.create(machineInventories, inventory("m1"));
    const secret = await system.until(secrets, objectKey(created), (object) => object !== undefined);
    await report(system.kube, created, { "applied-checksum": planChecksum("{}") });
    await system.until(machineInventories, objectKey(created), (object) => isTrue(object?.status?.conditions, "Ready"));
    await system.kube.delete(secrets, objectKey(created));
    const again = await system.until(
      secrets,
      objectKey(created),
      (object) => object !== undefined && object.metadata.uid !== secret.metadata.uid,
    );
    expect(planOf(again).toString()).toBe("{}");
  });

  it("C-034 a Secret of somebody else is not touched", async () => {
    await using system = await testSystem();
    const key = { namespace, name: "m1" };
    const foreign = await system.kube.create(secrets, {
      apiVersion: "v1",
      kind: "Secret",
      type: "Opaque",
      metadata: key,
      data: { a: "Yg==" },
    });
    const created = await system.kube.create(machineInventories, inventory("m1"));
    await system.until(machineInventories, objectKey(created), (object) =>
      /does not belong/.test(readyOf(object)?.message ?? ""),
    );
    expect(await system.kube.get(secrets, key)).toEqual(foreign);
  });

  it("C-041 one that is not resettable goes at once, its Secret with it", async () => {
    await using system = await testSystem();
    const created = await system.kube.create(machineInventories, inventory("m1"));
    await system.until(machineInventories, objectKey(created), (object) => readyOf(object) !== undefined);
    await system.kube.delete(machineInventories, objectKey(created));
    await system.until(machineInventories, objectKey(created), (object) => object === undefined);
    expect(await gone(system.kube, secrets, objectKey(created))).toBe(true);
  });

  it("C-043 C-047 C-048 a resettable one goes when its machine reported the reset plan, and not before", async () => {
    await using system = await testSystem();
    const annotations = { "elemental.cattle.io/resettable": "true" };
    const created = await system.kube.create(
      machineInventories,
      inventory("m1", { metadata: { name: "m1", annotations } }),
    );
    await system.until(secrets, objectKey(created), (object) => object !== undefined);
    await report(system.kube, created, { "applied-checksum": planChecksum("{}") });
    await system.kube.delete(machineInventories, objectKey(created));
    const secret = await system.until(secrets, objectKey(created), (object) => planType(object) === planTypes.reset);
    expect(secret.data?.["applied-checksum"]).toBe("");
    await report(system.kube, created, { "applied-checksum": planChecksum("{}") });
    await system.quiet();
    expect(await gone(system.kube, machineInventories, objectKey(created))).toBe(false);
    await report(system.kube, created, { "applied-checksum": planChecksum(planOf(secret)) });
    await system.until(machineInventories, objectKey(created), (object) => object === undefined);
  });

  it("C-053 a resettable one that is deleted before it had a plan gets the reset plan", async () => {
    await using system = await testSystem();
    const annotations = { "elemental.cattle.io/resettable": "true" };
    const finalizers = ["machineinventory.elemental.cattle.io"];
    const key = { namespace, name: "m1" };
    await system.kube.create(
      machineInventories,
      inventory("m1", { metadata: { name: "m1", annotations, finalizers } }),
    );
    await system.kube.delete(machineInventories, key);
    await system.until(secrets, key, (object) => planType(object) === planTypes.reset);
  });

  it("an adoption is confirmed by the selector", async () => {
    await using system = await testSystem();
    const selector: MachineInventorySelector = {
      apiVersion,
      kind: "MachineInventorySelector",
      metadata: { name: "s", namespace },
      spec: {},
    };
    const { metadata } = await system.kube.create(machineInventorySelectors, selector);
    const owner = {
      apiVersion,
      kind: "MachineInventorySelector",
      name: "s",
      uid: metadata.uid ?? "",
      controller: true,
    };
    const created = await system.kube.create(
      machineInventories,
      inventory("m1", { metadata: { name: "m1", ownerReferences: [owner] } }),
    );
    const adoption = (reason: string) => (object: MachineInventory | undefined) =>
      findCondition(object?.status?.conditions, "AdoptionReady")?.reason === reason;
    await system.until(machineInventories, objectKey(created), adoption("ValidatingAdoption"));
    await system.kube.patchStatus(
      machineInventorySelectors,
      { namespace, name: "s" },
      {
        type: "merge",
        body: { status: { machineInventoryRef: { name: "m1" } } },
      },
    );
    await system.until(machineInventories, objectKey(created), adoption("SuccessfullyAdopted"));
  });
});
