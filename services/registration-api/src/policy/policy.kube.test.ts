import { createHash } from "node:crypto";
import {
  type MachineInventory,
  type MachineRegistration,
  machineInventories,
  machineRegistrations,
  objectKey,
} from "@elemental/api";
import type { Kube } from "@elemental/kube";
import { connectAs } from "@elemental/test/account";
import { connectToCluster, type TestCluster } from "@elemental/test/kube";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test, vi } from "vitest";
import { addReadyRegistration, openClusterDoor, registerPlain, visitPlain } from "../testing/cluster-door.ts";

let cluster: TestCluster;
let own: Kube;
let namespace: string;

beforeAll(async () => {
  cluster = await connectToCluster(inject("kubeconfig"));
  own = await connectAs("registration-api");
});
afterAll(async () => {
  await own?.close();
  await cluster?.close();
});
beforeEach(async () => {
  namespace = await cluster.createNamespace();
});

type Spec = NonNullable<MachineRegistration["spec"]>;

const openDoor = () => openClusterDoor(own);
const addRegistration = (spec: Spec, ...ports: number[]) =>
  addReadyRegistration(cluster.kube, { namespace, spec }, ports);
const register = (path: string, port: number, name = "m1") =>
  registerPlain({ path, port, identifier: `${namespace}${name}` });
const mac = (policy: Spec = {}): Spec => ({ ...policy, config: { elemental: { registration: { auth: "mac" } } } });

async function inventories(): Promise<MachineInventory[]> {
  return (await cluster.kube.list(machineInventories, { namespace })).items;
}

describe("the admission policy on a Kubernetes API", () => {
  test("a machine waits until it is approved, at one write", async () => {
    const port = await openDoor();
    const path = await addRegistration(mac({ approval: "Manual" }), port);
    expect(await register(path, port)).toContain("(ApprovalPending)");
    const [waiting] = await inventories();
    if (!waiting) throw new Error("no inventory");
    expect(await register(path, port)).toContain("(ApprovalPending)");
    expect((await inventories())[0]?.metadata.resourceVersion).toBe(waiting.metadata.resourceVersion);
    const body = { metadata: { annotations: { "elemental.cattle.io/approved": "true" } } };
    await cluster.kube.patch(machineInventories, objectKey(waiting), { type: "merge", body });
    await vi.waitFor(async () => expect(await register(path, port)).toMatch(/^elemental:/), 10_000);
  });

  test("no more machines than maxRegistrations get in, whatever replica they come to", async () => {
    const ports = await Promise.all([openDoor(), openDoor(), openDoor()]);
    const path = await addRegistration(mac({ tokenPolicy: { maxRegistrations: 3 } }), ...ports);
    const answers = await Promise.all(
      Array.from({ length: 9 }, (_, index) => register(path, ports[index % 3] ?? 0, `m${index}`)),
    );
    expect(answers.filter((answer) => answer.startsWith("elemental:"))).toHaveLength(3);
    expect(answers.filter((answer) => answer.includes("(RegistrationsExhausted)"))).toHaveLength(6);
    expect(await inventories()).toHaveLength(3);
  });

  test("denial ends a conversation under way", async () => {
    const port = await openDoor();
    const path = await addRegistration(mac(), port);
    const client = await visitPlain({ path, port, identifier: `${namespace}m1` });
    if (typeof client === "string") throw new Error(client);
    const hash = createHash("sha256").update(`${namespace}m1`).digest("hex");
    await cluster.kube.patch(
      machineRegistrations,
      { namespace, name: "r" },
      { type: "merge", body: { spec: { deny: [hash] } } },
    );
    expect(await client.text()).toBe("\u0008message: this machine is denied (MachineDenied)\n");
    expect(await register(path, port)).toContain("(MachineDenied)");
    expect(await inventories()).toEqual([]);
  });
});
