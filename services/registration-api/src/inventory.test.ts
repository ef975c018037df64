import { createHash } from "node:crypto";
import { type MachineRegistration, machineInventories, machineRegistrations, objectKey } from "@elemental/api";
import { memoryQueues } from "@elemental/queue";
import { describe, expect, test } from "vitest";
import { RawClient } from "./testing/raw-client.ts";
import { tell } from "./testing/register.ts";
import { auth, doorFor, MAC_HASH, PLAIN, type TestDoor } from "./testing/test-door.ts";

const data = { Runtime: { Hostname: "h1" }, Product: { Vendor: "QEMU", UUID: "u-1" } };
const register = async (door: TestDoor, told = {}, authorization = PLAIN) =>
  tell(await door.negotiated(12, authorization), { data, ...told });
const inventoryWrites = ({ kube }: TestDoor) => kube.writes.filter(({ type }) => type.kind === "MachineInventory");
const plain = (identifier: string) => `Bearer PLAIN${identifier}`;
const tokenIn = (answer: string) => /\n {8}token: (.*)\n/.exec(answer)?.[1] ?? "";
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("a new machine", () => {
  test("REG-77 REG-82 REG-85 REG-86 is written once, with all that is known about it", async () => {
    const door = await doorFor({
      ...auth("mac"),
      machineName: "Node_${Runtime/Hostname}",
      machineInventoryLabels: { "elemental.cattle.io/both": "registration", vendor: "${Product/Vendor}" },
      machineInventoryAnnotations: { host: "${Runtime/Hostname}!" },
    });
    await register(door, { labels: { both: "client", own: "x y" }, annotations: { "os.name": "SLE & M" } });
    const inventory = await door.inventory();
    expect(inventory.metadata).toMatchObject({
      name: "node-h1",
      labels: { "elemental.cattle.io/both": "registration", "elemental.cattle.io/own": "x-y", vendor: "QEMU" },
      annotations: { host: "h1!", "elemental.cattle.io/os.name": "SLE &amp; M" },
    });
    expect(inventory.spec).toMatchObject({
      machineHash: MAC_HASH,
      hardware: { system: { vendor: "QEMU", uuid: "u-1" } },
    });
    expect(inventoryWrites(door)).toHaveLength(1);
  });

  test("REG-47 identifiers differ in letter case", async () => {
    const door = await doorFor();
    await register(door, {}, plain("aa:bb"));
    await register(door, {}, plain("AA:BB"));
    expect(await door.inventories()).toHaveLength(2);
  });

  test("REG-79 H16 a label that cannot be rendered is skipped, a name that cannot be is refused", async () => {
    const door = await doorFor({ ...auth("mac"), machineInventoryLabels: { bad: "${Random/Hex/33}", good: "g" } });
    await register(door);
    expect((await door.inventory()).metadata.labels).toEqual({ good: "g" });
    const other = await doorFor({ ...auth("mac"), machineName: "${Random/Hex/33}" });
    expect(await register(other)).toBe("\u0008message: invalid MachineInventory name (Misconfigured)\n");
    expect(await other.inventories()).toEqual([]);
  });

  test("REG-93 a name that another machine has is refused, and so is its owner not disturbed", async () => {
    const door = await doorFor({ ...auth("mac"), machineName: "fixed" });
    await register(door, {}, plain("one"));
    expect(await register(door, {}, plain("two"))).toBe(
      "\u0008message: 'MachineInventory creation failed: its name is already in use: fixed (NameInUse)'\n",
    );
    expect(await door.inventories()).toHaveLength(1);
  });

  test("a random name that is taken is drawn again", async () => {
    const door = await doorFor({ ...auth("mac"), machineName: "n-${Random/Int/2}" });
    await register(door, {}, plain("one"));
    const names = new Set<string>();
    for (const machine of ["two", "three", "four"]) await register(door, {}, plain(machine));
    for (const { metadata } of await door.inventories()) names.add(metadata.name);
    expect([...names].sort()).toEqual(["n-0", "n-1"]);
  });

  test("its controller is told", async () => {
    const queues = memoryQueues();
    const told = Promise.withResolvers<string>();
    queues.queue("machine-inventory").process(async ({ key }) => void told.resolve(key), { concurrency: 1 });
    const door = await doorFor({ ...auth("mac"), machineName: "m" }, { queues });
    await register(door);
    expect(await told.promise).toBe("fleet-default/m");
  });
});

describe("a known machine", () => {
  test("REG-80 REG-81 REG-87 is updated by one patch, nothing else is touched", async () => {
    const reset = { enabled: true };
    const door = await doorFor({
      config: { elemental: { registration: { auth: "mac" }, reset } },
      machineName: "${Runtime/Hostname}",
      machineInventoryLabels: { id: "${Random/UUID}", host: "${Runtime/Hostname}" },
    });
    await register(door);
    const before = await door.inventory();
    const key = objectKey(before);
    await door.kube.patch(machineInventories, key, { type: "merge", body: { metadata: { labels: { mine: "kept" } } } });
    await register(door, { data: { Runtime: { Hostname: "h2" } } });
    const after = await door.inventory();
    expect(after.metadata.name).toBe("h1");
    expect(after.metadata.labels).toEqual({ id: before.metadata.labels?.["id"], host: "h2", mine: "kept" });
    expect(after.metadata.annotations).toEqual({ "elemental.cattle.io/resettable": "true" });
    expect(inventoryWrites(door).map(({ verb }) => verb)).toEqual(["create", "patch", "patch"]);
  });

  test("gets labels and annotations that its registration got since, at its next update", async () => {
    const door = await doorFor({ ...auth("mac"), machineInventoryLabels: { site: "a", rack: "1" } });
    await register(door);
    const spec = {
      machineInventoryLabels: { site: "b", rack: null, host: "${Runtime/Hostname}" },
      machineInventoryAnnotations: { contact: "you" },
    };
    const [registration] = (await door.kube.list(machineRegistrations)).items as [MachineRegistration];
    await door.kube.patch(machineRegistrations, objectKey(registration), { type: "merge", body: { spec } });
    await expect
      .poll(async () => {
        await register(door);
        return (await door.inventory()).metadata;
      })
      .toMatchObject({ labels: { site: "b", rack: "1", host: "h1" }, annotations: { contact: "you" } });
    expect(await door.inventories()).toHaveLength(1);
  });

  test("REG-92 H21 is refused by a registration of another namespace, unless that is allowed", async () => {
    const door = await doorFor();
    await register(door);
    await door.addRegistration(auth("mac"), { token: "other", key: { namespace: "elsewhere" } });
    await expect
      .poll(async () => (await RawClient.upgrade(door.port, "/elemental/registration/other", PLAIN)).answer())
      .toMatchObject({ status: 401, body: "this machine is registered elsewhere (RegisteredElsewhere)\n" });
    const annotations = { "elemental.cattle.io/allow-other-namespace": "true" };
    await door.addRegistration(auth("mac"), { token: "open", key: { namespace: "elsewhere" }, annotations });
    const open = await RawClient.upgrade(door.port, "/elemental/registration/open", PLAIN);
    expect((await open.answer()).status).toBe(101);
  });

  test("H4 two inventories of one machine: nobody is admitted", async () => {
    const door = await doorFor();
    for (const name of ["a", "b"]) {
      await door.kube.create(machineInventories, {
        apiVersion: "elemental.cattle.io/v1beta1",
        kind: "MachineInventory",
        metadata: { name, namespace: "fleet-default" },
        spec: { machineHash: MAC_HASH },
      });
    }
    await expect.poll(async () => (await (await door.plain()).answer()).status).toBe(401);
  });

  test("one that is being deleted is left alone, and the machine told to come back", async () => {
    const door = await doorFor();
    await register(door);
    const inventory = await door.inventory();
    const key = objectKey(inventory);
    await door.kube.delete(machineInventories, key);
    await expect
      .poll(() => register(door))
      .toBe("\u0008message: the MachineInventory is being deleted, try again later (Conflict)\n");
  });
});

describe("credential", () => {
  test("the machine gets a token, the inventory its hash", async () => {
    const door = await doorFor();
    const first = tokenIn(await register(door));
    expect(first).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect((await door.inventory()).spec?.credential).toMatchObject({ hash: sha256(first) });
    const second = tokenIn(await register(door));
    expect((await door.inventory()).spec?.credential).toMatchObject({
      hash: sha256(second),
      previousHash: sha256(first),
    });
    expect(JSON.stringify(await door.inventories())).not.toContain(first);
  });

  test("without Get nothing changes", async () => {
    const door = await doorFor();
    await register(door);
    const before = await door.inventories();
    const client = await door.negotiated();
    client.send([10]);
    await client.message();
    expect(await door.inventories()).toEqual(before);
  });
});
