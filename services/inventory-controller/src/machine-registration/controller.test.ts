import {
  apiVersion,
  conditionTypes,
  findCondition,
  isTrue,
  type MachineInventory,
  type MachineRegistration,
  machineInventories,
  machineRegistrations,
  objectKey,
  type ResourceType,
  roleBindings,
  roles,
  secrets,
  serviceAccounts,
} from "@elemental/api";
import { describe, expect, it } from "vitest";
import { testSystem, writesSince } from "../testing/test-system.ts";

const namespace = "fleet-default";
const registration = (name: string, spec: MachineRegistration["spec"] = {}, ns = namespace): MachineRegistration => ({
  apiVersion,
  kind: "MachineRegistration",
  metadata: { name, namespace: ns },
  spec,
});
const readyOf = (object: MachineRegistration | undefined) =>
  findCondition(object?.status?.conditions, conditionTypes.ready);

describe("registrations", () => {
  it("C-011 C-020 a new one becomes ready with its RBAC objects", async () => {
    await using system = await testSystem();
    const { status } = await system.ready(await system.kube.create(machineRegistrations, registration("r")));
    expect(status?.registrationURL).toMatch(/^https:\/\/r\.example\/elemental\/registration\/[a-z0-9]{54}$/);
    const key = { namespace, name: "r" };
    for (const type of [roles, serviceAccounts, roleBindings] as ResourceType[]) {
      expect((await system.kube.get(type, key)).metadata.labels).toEqual({ "elemental.cattle.io/managed": "true" });
    }
    expect((await system.kube.get(roles, key)).rules).toEqual([]);
  });

  it("another revision replaces the token in one write and says until when the old one is good", async () => {
    await using system = await testSystem();
    const rotation = (revision: string) => ({ tokenPolicy: { rotation: { revision, overlap: "1h" } } });
    const created = await system.kube.create(machineRegistrations, registration("r", rotation("1")));
    const { status: before } = await system.ready(created);
    await system.quiet();
    const writes = system.kube.writes.length;
    await system.kube.patch(machineRegistrations, objectKey(created), { type: "merge", body: { spec: rotation("2") } });
    const { status: after } = await system.until(
      machineRegistrations,
      objectKey(created),
      (object) => object?.status?.tokenRevision === "2",
    );
    await system.quiet();
    expect(after?.registrationToken).not.toBe(before?.registrationToken);
    expect(after?.registrationURL).toContain(after?.registrationToken);
    expect(after?.retiredTokens).toHaveLength(1);
    expect(JSON.stringify(after)).not.toContain(before?.registrationToken);
    expect(writesSince(system.kube, writes)).toEqual([
      "patch machineregistrations",
      "patchStatus machineregistrations",
    ]);
  });

  it("C-025 a settled one is not written again, whatever happens to its status", async () => {
    await using system = await testSystem();
    const ready = await system.ready(await system.kube.create(machineRegistrations, registration("r")));
    await system.quiet();
    const before = system.kube.writes.length;
    const { conditions = [] } = ready.status ?? {};
    await system.kube.patchStatus(machineRegistrations, objectKey(ready), {
      type: "merge",
      body: { status: { conditions: conditions.map((condition) => ({ ...condition, message: "edited" })) } },
    });
    await system.quiet();
    expect(writesSince(system.kube, before)).toEqual(["patchStatus machineregistrations"]);
  });

  it.each([
    ["C-021 D-03 a deleted token Secret", secrets, "r-token"],
    ["C-021 a deleted Role", roles, "r"],
    ["a deleted ServiceAccount", serviceAccounts, "r"],
    ["a deleted RoleBinding", roleBindings, "r"],
  ] as [string, ResourceType, string][])("%s comes back by its event", async (_title, type, name) => {
    await using system = await testSystem();
    await system.ready(await system.kube.create(machineRegistrations, registration("r")));
    const before = await system.kube.get(type, { namespace, name });
    await system.kube.delete(type, { namespace, name });
    await system.until(type, { namespace, name }, (object) => {
      return object !== undefined && object.metadata.uid !== before.metadata.uid;
    });
  });

  it("C-022 an edited Role is restored", async () => {
    await using system = await testSystem();
    await system.ready(await system.kube.create(machineRegistrations, registration("r")));
    await system.kube.patch(roles, { namespace, name: "r" }, { type: "merge", body: { rules: [{ verbs: ["*"] }] } });
    await system.until(roles, { namespace, name: "r" }, (role) => role?.rules?.length === 0);
  });

  it("C-015 C-016 of two with one token exactly one is ready; the other follows when the first goes", async () => {
    await using system = await testSystem();
    const [a, b] = await Promise.all([
      system.kube.create(machineRegistrations, registration("a", { token: "site-a-token-long" })),
      system.kube.create(machineRegistrations, registration("b", { token: "site-a-token-long" }, "other")),
    ]);
    const decided = (object: MachineRegistration | undefined) => readyOf(object) !== undefined;
    const both = [a, b];
    for (const each of both) await system.until(machineRegistrations, objectKey(each), decided);
    await system.quiet();
    const states = await Promise.all(both.map((each) => system.kube.get(machineRegistrations, objectKey(each))));
    const [winner] = states.filter((state) => isTrue(state.status?.conditions, "Ready"));
    const [loser] = states.filter((state) => readyOf(state)?.reason === "DuplicateToken");
    expect(loser?.status?.registrationToken).toBeUndefined();
    if (!winner || !loser) throw new Error(`not exactly one is ready: ${JSON.stringify(states.map(readyOf))}`);
    await system.kube.delete(machineRegistrations, objectKey(winner));
    await system.ready(loser);
  });

  it("C-017 C-019 D-39 a changed token or server-url changes the URL", async () => {
    await using system = await testSystem();
    const ready = await system.ready(
      await system.kube.create(machineRegistrations, registration("r", { token: "first-token-that-is-long" })),
    );
    await system.kube.patch(machineRegistrations, objectKey(ready), {
      type: "merge",
      body: { spec: { token: "second" } },
    });
    const urlEnds = (end: string) => (object: MachineRegistration | undefined) =>
      object?.status?.registrationURL === end;
    await system.until(
      machineRegistrations,
      objectKey(ready),
      urlEnds("https://r.example/elemental/registration/second"),
    );
    await system.setServerUrl("https://new.example");
    await system.until(
      machineRegistrations,
      objectKey(ready),
      urlEnds("https://new.example/elemental/registration/second"),
    );
  });

  it("a shared credential reaches the plan Secrets of its own machines, as they come and go", async () => {
    await using system = await testSystem();
    await system.ready(await system.kube.create(machineRegistrations, registration("r", { credential: "Shared" })));
    expect((await system.kube.get(roles, { namespace, name: "r" })).rules).toEqual([]);
    const add = (name: string, spec: MachineInventory["spec"]) =>
      system.kube.create(machineInventories, {
        apiVersion,
        kind: "MachineInventory",
        metadata: { name, namespace },
        spec,
      });
    await add("elsewhere", { registrationRef: { name: "other" } });
    await add("waiting", { registrationRef: { name: "r" }, approval: "Manual" });
    const machine = await add("m1", { registrationRef: { name: "r" } });
    const names = (expected: string[] | undefined) => (role: { rules?: { resourceNames?: string[] }[] } | undefined) =>
      JSON.stringify(role?.rules?.[0]?.resourceNames) === JSON.stringify(expected);
    await system.until(roles, { namespace, name: "r" }, names(["m1"]));
    const moved = { spec: { registrationRef: { name: "r" } } };
    await system.kube.patch(machineInventories, { namespace, name: "elsewhere" }, { type: "merge", body: moved });
    await system.until(roles, { namespace, name: "r" }, names(["elsewhere", "m1"]));
    const gone = { spec: { registrationRef: { name: "other" } } };
    await system.kube.patch(machineInventories, { namespace, name: "elsewhere" }, { type: "merge", body: gone });
    await add("original", {});
    await system.until(roles, { namespace, name: "r" }, names(["m1", "original"]));
    await system.kube.delete(machineInventories, { namespace, name: "original" });
    await system.kube.delete(machineInventories, objectKey(machine));
    await system.until(roles, { namespace, name: "r" }, names(undefined));
  });
});
