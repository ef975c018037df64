import { events, type MachineRegistration, machineInventories, machineRegistrations, objectKey } from "@elemental/api";
import { memoryKube } from "@elemental/kube/testing";
import { openAttestor } from "@elemental/tpm";
import { describe, expect, test, vi } from "vitest";
import { RawClient } from "../testing/raw-client.ts";
import { tell } from "../testing/register.ts";
import { auth, doorFor, MAC_HASH, PATH, PLAIN, type TestDoor, testDoor } from "../testing/test-door.ts";
import { tokenHash } from "../token.ts";

type Spec = NonNullable<MachineRegistration["spec"]>;

const mac = (more: Spec = {}): Spec => ({ ...auth("mac"), ...more });
const refusal = async (door: TestDoor, authorization = PLAIN) => (await door.plain(authorization)).answer();
const register = async (door: TestDoor, authorization = PLAIN, told = {}) =>
  tell(await door.negotiated(12, authorization), told);
const named = (last: number) => `Bearer PLAINaa:bb:cc:dd:ee:${String(last).padStart(2, "0")}`;
const writes = ({ kube }: TestDoor) => kube.writes.filter(({ type }) => type.kind === "MachineInventory");

async function change(door: TestDoor, spec: object): Promise<void> {
  const [registration] = (await door.kube.list(machineRegistrations)).items;
  if (!registration) throw new Error("no registration");
  await door.kube.patch(machineRegistrations, objectKey(registration), { type: "merge", body: { spec } });
}

describe("approval: Manual", () => {
  test("a machine waits without configuration and credential, until its inventory is approved", async () => {
    const door = await doorFor(mac({ approval: "Manual" }));
    const answer = await register(door);
    const { name } = (await door.inventory()).metadata;
    expect(answer).toBe(
      `\u0008message: 'this machine waits for approval: approve MachineInventory ${name} (ApprovalPending)'\n`,
    );
    expect((await door.inventory()).spec).toMatchObject({ approval: "Manual", registrationRef: { name: "r-tok1" } });
    expect((await door.inventory()).spec?.credential).toBeUndefined();

    expect(await register(door)).toBe(answer);
    expect(writes(door)).toHaveLength(1);

    const body = { metadata: { annotations: { "elemental.cattle.io/approved": "true" } } };
    await door.kube.patch(machineInventories, { namespace: "fleet-default", name }, { type: "merge", body });
    await expect.poll(() => register(door)).toMatch(/^elemental:/);
    expect((await door.inventory()).spec?.credential).toMatchObject({ hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  test.each(["", "-", "elemental.cattle.io"])(
    "a machine cannot approve itself (label prefix %j)",
    async (labelPrefix) => {
      const template = { "elemental.cattle.io/approved": "true", approved: "true" };
      const spec = { approval: "Manual", labelPrefix, machineInventoryAnnotations: template } as const;
      const door = await doorFor(mac(spec));
      const told = { annotations: template, labels: template };
      expect(await register(door, PLAIN, told)).toContain("(ApprovalPending)");
      expect(await register(door, PLAIN, told)).toContain("(ApprovalPending)");
      const { metadata } = await door.inventory();
      expect({ ...metadata.annotations, ...metadata.labels }).not.toHaveProperty(["elemental.cattle.io/approved"]);
    },
  );

  test("a machine that waits cannot go round by a registration that approves by itself", async () => {
    const door = await doorFor(mac({ approval: "Manual" }));
    await register(door);
    await door.addRegistration(mac(), { token: "auto" });
    const client = await RawClient.upgrade(door.port, "/elemental/registration/auto", PLAIN);
    await client.answer();
    await client.message();
    client.send([5, 12]);
    await client.message();
    expect(await tell(client)).toContain("(ApprovalPending)");
    expect((await door.inventory()).spec?.credential).toBeUndefined();
  });

  test("a machine that was in before needs no approval", async () => {
    const door = await doorFor(mac());
    await register(door);
    await change(door, { approval: "Manual" });
    expect(await register(door)).toMatch(/^elemental:/);
  });
});

describe("allowedMachines", () => {
  test("others are refused before the upgrade, and nothing is written", async () => {
    const tpm = await openAttestor({ kind: "emulated", seed: 7n });
    const authorization = `Bearer TPM${await tpm.document()}`;
    const allowed = { allowedMachines: { tpmHashes: [await tpm.endorsementKeyHash()] } };
    const door = await doorFor({ ...auth("tpm"), ...allowed });
    expect((await refusal(door, authorization)).status).toBe(101);
    const stranger = await openAttestor({ kind: "emulated", seed: 8n });
    const body = "this machine is not among those that may register (MachineNotAllowed)\n";
    expect(await refusal(door, `Bearer TPM${await stranger.document()}`)).toMatchObject({ status: 401, body });
    expect(writes(door)).toEqual([]);
  });

  test("reported hardware addresses count at Get", async () => {
    const door = await doorFor({ ...auth("sys-uuid"), allowedMachines: { macAddresses: ["02:00:00:00:00:01"] } });
    const network = (MacAddress: string) => ({ data: { Network: { NICs: { "0": { Name: "eth0", MacAddress } } } } });
    expect(await register(door, PLAIN, network("02:00:00:00:00:02"))).toContain("(MachineNotAllowed)");
    expect(await door.inventories()).toEqual([]);
    expect(await register(door, PLAIN, network("02:00:00:00:00:01"))).toMatch(/^elemental:/);
  });
});

describe("tokenPolicy", () => {
  test("an expired token admits nobody new", async () => {
    const door = await doorFor(mac({ tokenPolicy: { expiresAt: "2020-01-01T00:00:00Z" } }));
    expect((await refusal(door)).body).toBe("the registration token admits no new machines any more (TokenExpired)\n");
  });

  test("a token that is replaced during a conversation is good for the overlap", async () => {
    const door = await doorFor(mac());
    const client = await door.negotiated();
    const status = (validUntil: string) => ({
      status: {
        registrationToken: "tok2",
        retiredTokens: [{ hash: tokenHash("tok1"), validUntil }],
      },
    });
    const key = { namespace: "fleet-default", name: "r-tok1" };
    const validUntil = new Date(Date.now() + 60_000).toISOString();
    await door.kube.patchStatus(machineRegistrations, key, { type: "merge", body: status(validUntil) });
    await vi.waitFor(async () => {
      const { status } = await fetch(`http://127.0.0.1:${door.port}/elemental/registration/tok2`);
      if (status !== 200) throw new Error(`${status}`);
    }, 5000);
    expect(await tell(client)).toMatch(/^elemental:/);
    expect(await register(door)).toMatch(/^elemental:/);
    await door.kube.patchStatus(machineRegistrations, key, { type: "merge", body: status("2020-01-01T00:00:00Z") });
    await expect.poll(async () => (await refusal(door, named(1))).body).toContain("(TokenExpired)");
    expect((await fetch(`http://127.0.0.1:${door.port}${PATH}`)).status).toBe(200);
  });

  test("maxRegistrations holds for many machines at several replicas at once", async () => {
    const kube = memoryKube();
    const doors = await Promise.all([testDoor({ kube }), testDoor({ kube }), testDoor({ kube })]);
    await doors[0].addRegistration(mac({ tokenPolicy: { maxRegistrations: 5 } }));
    await Promise.all(doors.map((door) => expect.poll(async () => (await refusal(door)).status).toBe(101)));
    const machines = Array.from({ length: 15 }, (_, index) => doors[index % 3]);
    const clients = await Promise.all(machines.map((door, index) => door?.negotiated(12, named(index))));
    const answers = await Promise.all(clients.map((client) => client && tell(client)));
    expect(answers.filter((answer) => answer?.startsWith("elemental:"))).toHaveLength(5);
    expect(answers.filter((answer) => answer?.includes("(RegistrationsExhausted)"))).toHaveLength(10);
    expect(await doors[0].inventories()).toHaveLength(5);
    expect((await refusal(doors[0], named(99))).body).toContain("(RegistrationsExhausted)");
  });
});

describe("deny", () => {
  test("open conversations end at once, by the registration itself or another one of the namespace", async () => {
    const door = await doorFor(mac());
    const clients = [await door.negotiated(12), await door.ready(), await door.negotiated(12, named(1))];
    await door.addRegistration(mac({ deny: [MAC_HASH] }), { token: "other" });
    expect(await clients[0]?.text()).toBe("\u0008message: this machine is denied (MachineDenied)\n");
    expect(await clients[1]?.closed()).toBe("1008 this machine is denied (MachineDenied)");
    const [, , other] = clients;
    expect(other && (await tell(other))).toMatch(/^elemental:/);
    expect((await refusal(door)).body).toBe("this machine is denied (MachineDenied)\n");
    await door.kube.events.flush();
    const recorded = (await door.kube.list(events)).items.filter(({ reason }) => reason === "MachineDenied");
    expect(recorded).toMatchObject([{ involvedObject: { kind: "MachineRegistration", name: "r-tok1" }, count: 3 }]);
    expect(await door.inventories()).toHaveLength(1);
  });

  test("another namespace does not count", async () => {
    const door = await doorFor(mac());
    await door.addRegistration(mac({ deny: [MAC_HASH] }), { token: "other", key: { namespace: "elsewhere" } });
    expect((await refusal(door)).status).toBe(101);
  });
});
