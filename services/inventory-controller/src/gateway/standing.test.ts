import { apiVersion, type MachineInventory, machineInventories, machineRegistrations, objectKey } from "@elemental/api";
import { describe, expect, it } from "vitest";
import { readEvents, type TestGateway, testGateway } from "../testing/test-gateway.ts";

const secret = "/api/v1/namespaces/fleet-default/secrets/m1";
const watch =
  "/api/v1/namespaces/fleet-default/secrets?fieldSelector=metadata.name%3Dm1&watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
const [machine, other] = ["a".repeat(64), "b".repeat(64)];

async function machineWith(gateway: TestGateway, spec: MachineInventory["spec"], annotations = {}) {
  const { inventory, secret } = await gateway.addMachine("m1", "t1", { spec, annotations });
  await gateway.seen(secret);
  return inventory;
}

const status = async (gateway: TestGateway) => (await gateway.request("t1", secret)).status;

const deny = (gateway: TestGateway, name: string, { namespace = "fleet-default", deny = [machine] } = {}) =>
  gateway.kube.create(machineRegistrations, {
    apiVersion,
    kind: "MachineRegistration",
    metadata: { name, namespace },
    spec: { deny },
  });

describe("machines that are shut out", () => {
  it.each([
    ["its TPM", { tpmHash: machine }],
    ["what else identifies it", { machineHash: machine }],
  ])(
    "GW-3 a denied machine, by %s: the open watch ends, its token is refused until it is denied no longer",
    async (_title, spec) => {
      await using gateway = await testGateway();
      await machineWith(gateway, spec);
      const events = readEvents(await gateway.request("t1", watch));
      expect(await events.next()).toMatchObject({ type: "ADDED" });
      const registration = await deny(gateway, "r");
      expect(await events.next()).toBeUndefined();
      expect(await status(gateway)).toBe(401);
      const body = { spec: { deny: [other] } };
      await gateway.kube.patch(machineRegistrations, objectKey(registration), { type: "merge", body });
      await expect.poll(() => status(gateway)).toBe(200);
    },
  );

  it("a registration that appears with two hashes concerns those machines of its namespace alone", async () => {
    await using gateway = await testGateway();
    await machineWith(gateway, { tpmHash: machine });
    await deny(gateway, "elsewhere", { namespace: "other" });
    await deny(gateway, "others", { deny: [other] });
    expect(await status(gateway)).toBe(200);
  });

  it("GW-3 a withdrawn approval ends the watch, a given one lets the machine in again", async () => {
    await using gateway = await testGateway();
    const approved = { "elemental.cattle.io/approved": "true" };
    const inventory = await machineWith(gateway, { tpmHash: machine, approval: "Manual" }, approved);
    await expect.poll(() => status(gateway)).toBe(200);
    const events = readEvents(await gateway.request("t1", watch));
    expect(await events.next()).toMatchObject({ type: "ADDED" });
    const mark = (annotations: object) =>
      gateway.kube.patch(machineInventories, objectKey(inventory), {
        type: "merge",
        body: { metadata: { annotations } },
      });
    await mark({ "elemental.cattle.io/approved": null });
    expect(await events.next()).toBeUndefined();
    expect(await status(gateway)).toBe(401);
    await mark(approved);
    await expect.poll(() => status(gateway)).toBe(200);
  });
});
