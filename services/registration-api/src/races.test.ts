import { machineInventories, objectKey } from "@elemental/api";
import { KubeError } from "@elemental/kube";
import { type Call, memoryKube } from "@elemental/kube/testing";
import { describe, expect, test } from "vitest";
import { tell } from "./testing/register.ts";
import { auth, doorFor, type TestDoor, testDoor } from "./testing/test-door.ts";

const data = { Runtime: { Hostname: "h1" }, Product: { Vendor: "QEMU", UUID: "u-1" } };
const register = async (door: TestDoor, told = {}) => tell(await door.negotiated(), { data, ...told });
const inventoryWrites = ({ kube }: TestDoor) => kube.writes.filter(({ type }) => type.kind === "MachineInventory");

describe("one machine, one inventory (H26)", () => {
  test.each(["", "n-${Random/Hex/8}", "${Runtime/Hostname}"])(
    "REG-91 many sessions at several replicas, machineName %j",
    async (machineName) => {
      const kube = memoryKube();
      const doors = await Promise.all([testDoor({ kube }), testDoor({ kube }), testDoor({ kube })]);
      await doors[0].addRegistration({ ...auth("mac"), machineName });
      const sessions = doors.flatMap((door) => [door, door, door, door]);
      await Promise.all(
        doors.map((door) => expect.poll(async () => (await (await door.plain()).answer()).status).toBe(101)),
      );
      const answers = await Promise.all(sessions.map((door) => register(door)));
      expect(await doors[0].inventories()).toHaveLength(1);
      expect(answers.filter((answer) => !answer.startsWith("elemental:"))).toEqual([]);
    },
  );

  test("sessions whose names differ leave the elder inventory only, resettable or not", async () => {
    const both = Promise.withResolvers<void>();
    let creates = 0;
    const intercept = async ({ verb, type }: Call) => {
      if (verb !== "create" || type.kind !== "MachineInventory") return;
      if (++creates === 2) both.resolve();
      await both.promise;
    };
    const kube = memoryKube({ intercept });
    const doors = await Promise.all([testDoor({ kube }), testDoor({ kube })]);
    const elemental = { registration: { auth: "mac" }, reset: { enabled: true } };
    await doors[0].addRegistration({ config: { elemental }, machineName: "${Runtime/Hostname}" });
    await expect.poll(async () => (await (await doors[1].plain()).answer()).status).toBe(101);
    const answers = await Promise.all([
      register(doors[0], { data: { Runtime: { Hostname: "a" } } }),
      register(doors[1], { data: { Runtime: { Hostname: "b" } } }),
    ]);
    const { name } = (await doors[0].inventory()).metadata;
    for (const answer of answers) expect(answer).toContain(`secret-name: ${name}\n`);
    expect(inventoryWrites(doors[0]).map(({ verb }) => verb)).toEqual(["create", "create", "patch", "delete", "patch"]);
  });

  test("a create whose answer was lost is found by the next session", async () => {
    let lose = false;
    const intercept = ({ verb }: { verb: string }) => {
      if (lose && verb === "get") throw new KubeError("Unavailable", "gone");
    };
    const door = await doorFor(auth("mac"), { kube: { intercept } });
    await register(door);
    lose = true;
    await register(door);
    expect(await door.inventories()).toHaveLength(1);
  });

  test("a write conflict is tried again on what is stored", async () => {
    const conflicts = { left: 0 };
    const intercept = ({ verb }: { verb: string }) => {
      if (verb === "patch" && conflicts.left-- > 0) throw new KubeError("Conflict", "changed");
    };
    const door = await doorFor(auth("mac"), { kube: { intercept } });
    await register(door);
    conflicts.left = 3;
    expect(await register(door, { labels: { again: "1" } })).toMatch(/^elemental:/);
    expect((await door.inventory()).metadata.labels).toEqual({ "elemental.cattle.io/again": "1" });
    conflicts.left = 100;
    expect(await register(door)).toContain("changes too often");
  });

  test("an inventory that is deleted under the session's hands is created anew", async () => {
    let remove: (() => Promise<void>) | undefined;
    const intercept = async ({ verb }: Call) => {
      const now = verb === "patch" ? remove : undefined;
      if (now) remove = undefined;
      await now?.();
    };
    const door = await doorFor(auth("mac"), { kube: { intercept } });
    await register(door);
    const before = await door.inventory();
    const key = objectKey(before);
    remove = async () => {
      await door.kube.patch(machineInventories, key, { type: "merge", body: { metadata: { finalizers: null } } });
      await door.kube.delete(machineInventories, key);
    };
    expect(await register(door)).toMatch(/^elemental:/);
    expect((await door.inventory()).metadata.uid).not.toBe(before.metadata.uid);
  });
});
