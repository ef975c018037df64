import {
  apiVersion,
  type CustomResourceDefinition,
  conditionTypes,
  customResourceDefinitions,
  findCondition,
  ipAddressClaims,
  ipAddresses,
  type MachineInventory,
  machineInventories,
  machineRegistrations,
  planTypes,
  roles,
  type Secret,
  secrets,
} from "@elemental/api";
import { isKubeError, type Kube } from "@elemental/kube";
import { connectAs } from "@elemental/test/account";
import { connectToCluster, type TestCluster } from "@elemental/test/kube";
import { afterAll, beforeAll, beforeEach, expect, inject, test, vi } from "vitest";
import { currentChecksum, planChecksum, planTypeOf } from "./machine-inventory/plan-secret.ts";
import { type ClusterSystem, startOnCluster } from "./testing/cluster-system.ts";

let cluster: TestCluster;
let own: Kube;
let system: ClusterSystem;
let namespace: string;

const ipam = "ipam.cluster.x-k8s.io";
const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true } as const;
const foreign = (kind: string, plural: string): CustomResourceDefinition => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${plural}.${ipam}`, annotations: { "api-approved.kubernetes.io": "unapproved, for tests" } },
  spec: {
    group: ipam,
    scope: "Namespaced",
    names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
    versions: [
      {
        name: "v1beta2",
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: anything },
      },
    ],
  },
});

beforeAll(async () => {
  const addresses = [foreign("IPAddressClaim", "ipaddressclaims"), foreign("IPAddress", "ipaddresses")];
  cluster = await connectToCluster(inject("kubeconfig"), [...customResourceDefinitions(), ...addresses]);
  own = await connectAs("inventory-controller");
  system = await startOnCluster(own);
});
afterAll(async () => {
  await system?.stop();
  await own?.close();
  await cluster?.close();
});
beforeEach(async () => {
  namespace = await cluster.createNamespace();
});

const eventually = <T>(check: () => Promise<T>) => vi.waitFor(check, { timeout: 20_000, interval: 100 });
const encode = (text: string) => Buffer.from(text).toString("base64");

function createInventory(name: string, parts: Partial<MachineInventory> = {}): Promise<MachineInventory> {
  const metadata = { ...parts.metadata, name, namespace };
  return cluster.kube.create(machineInventories, {
    spec: {},
    ...parts,
    apiVersion,
    kind: "MachineInventory",
    metadata,
  });
}

const read = (name: string) => cluster.kube.get(machineInventories, { namespace, name });
const readPlan = (name: string) => cluster.kube.get(secrets, { namespace, name });
const report = (name: string, data: Secret["data"]) =>
  cluster.kube.patch(secrets, { namespace, name }, { type: "merge", body: { data } });

async function expectCondition(name: string, type: string, expected: object): Promise<void> {
  await eventually(async () =>
    expect(findCondition((await read(name)).status?.conditions, type)).toMatchObject(expected),
  );
}

async function expectGone(name: string): Promise<void> {
  await eventually(() => expect(read(name)).rejects.toSatisfy((error) => isKubeError(error, "NotFound")));
}

test("C-011 C-020 D-43 a registration becomes ready once the cluster filled its token Secret", async () => {
  const metadata = { namespace, name: "r" };
  await cluster.kube.create(machineRegistrations, { apiVersion, kind: "MachineRegistration", metadata, spec: {} });
  await eventually(async () => {
    const { status } = await cluster.kube.get(machineRegistrations, metadata);
    expect(findCondition(status?.conditions, "Ready")).toMatchObject({ status: "True", reason: "SuccessfullyCreated" });
    expect(status?.registrationURL).toMatch(/^https:\/\/r\.example\/elemental\/registration\/[a-z0-9]{54}$/);
  });
  const secret = await cluster.kube.get(secrets, { namespace, name: "r-token" });
  expect(secret.data?.["token"]).toBeTruthy();
  expect((await cluster.kube.get(roles, metadata)).rules ?? []).toEqual([]);
  await cluster.kube.patch(roles, metadata, {
    type: "merge",
    body: { rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["*"] }] },
  });
  await eventually(async () => expect((await cluster.kube.get(roles, metadata)).rules ?? []).toEqual([]));
});

test("C-027 C-028 C-029 C-030 an inventory follows its plan", async () => {
  await createInventory("m1");
  await expectCondition("m1", "Ready", { status: "False", reason: "WaitingForPlan", observedGeneration: 1 });
  await expectCondition("m1", conditionTypes.networkConfigReady, { status: "True" });
  await expectCondition("m1", conditionTypes.adoptionReady, { status: "False", reason: "WaitingToBeAdopted" });
  await report("m1", { "applied-checksum": encode(planChecksum("{}")) });
  await expectCondition("m1", "Ready", { status: "True", reason: "PlanSuccessfullyApplied" });
  await report("m1", { "applied-checksum": "", "failed-checksum": encode(planChecksum("{}")) });
  await expectCondition("m1", "Ready", { status: "False", reason: "PlanFailure", message: "failed to apply plan" });
  expect((await read("m1")).status?.plan?.state).toBe("Failed");
});

test.each(["Background", "Foreground"] as const)(
  "C-043 C-047 C-052 %s deletion of a resettable inventory waits for the reset",
  async (propagationPolicy) => {
    await createInventory("m1", {
      metadata: { name: "m1", annotations: { "elemental.cattle.io/resettable": "true" } },
    });
    await eventually(() => readPlan("m1"));
    await cluster.kube.delete(machineInventories, { namespace, name: "m1" }, { propagationPolicy });
    // Foreground deletion may take the Secret away once more: what counts is that the machine gets the plan in the end.
    const seen = new Set<string | undefined>();
    await eventually(async () => {
      const secret = await readPlan("m1").catch(() => undefined);
      seen.add(secret && planTypeOf(secret));
      if (secret && planTypeOf(secret) === planTypes.reset) {
        await report("m1", { "applied-checksum": encode(currentChecksum(secret)) });
      }
      await expect(read("m1")).rejects.toSatisfy((error) => isKubeError(error, "NotFound"));
    });
    expect(seen).toContain(planTypes.reset);
  },
);

test("who approved a machine is what the API server recorded, not what the annotation says", async () => {
  await createInventory("m1", { spec: { approval: "Manual" } });
  await expectCondition("m1", conditionTypes.approved, { status: "False", reason: "WaitingForApproval" });
  await expectCondition("m1", "Ready", { status: "False", reason: "WaitingForApproval" });
  await expect(readPlan("m1")).rejects.toSatisfy((error) => isKubeError(error, "NotFound"));
  const annotations = { "elemental.cattle.io/approved": "true", "elemental.cattle.io/approved-by": "the king" };
  const key = { namespace, name: "m1" };
  await cluster.kube.patch(machineInventories, key, { type: "merge", body: { metadata: { annotations } } });
  await expectCondition("m1", conditionTypes.approved, {
    status: "True",
    reason: "Approved",
    message: expect.stringMatching(/^approved by field manager "elemental-test" at 20\d\d-[-\d]+T[:\d]+Z$/),
  });
  expect(planTypeOf(await readPlan("m1"))).toBe(planTypes.empty);
});

test("C-041 an inventory that is not resettable goes at once", async () => {
  await createInventory("m1");
  await expectCondition("m1", "Ready", {});
  await cluster.kube.delete(machineInventories, { namespace, name: "m1" });
  await expectGone("m1");
});

test("C-035 C-036 C-037 addresses are claimed and recorded", async () => {
  const pool = { apiGroup: ipam, kind: "InClusterIPPool", name: "p" };
  await createInventory("m1", { spec: { ipAddressPools: { ip1: pool }, network: { configurator: "nmc" } } });
  const claims = ipAddressClaims("v1beta2");
  const claim = await eventually(() => cluster.kube.get(claims, { namespace, name: "m1-ip1" }));
  expect(claim.spec.poolRef).toEqual(pool);
  await expectCondition("m1", conditionTypes.networkConfigReady, { status: "False", reason: "WaitingForIPAddress" });
  const metadata = { namespace, name: "address-1" };
  await cluster.kube.create(ipAddresses("v1beta2"), {
    apiVersion: `${ipam}/v1beta2`,
    kind: "IPAddress",
    metadata,
    spec: { address: "10.0.0.7", poolRef: pool, claimRef: { name: "m1-ip1" } },
  });
  const body = { status: { addressRef: { name: "address-1" } } };
  await cluster.kube.patchStatus(claims, { namespace, name: "m1-ip1" }, { type: "merge", body });
  await expectCondition("m1", conditionTypes.networkConfigReady, { status: "True", message: "NetworkConfig is ready" });
  const { spec } = await read("m1");
  expect(spec?.network).toEqual({ configurator: "nmc", ipAddresses: { ip1: "10.0.0.7" } });
  expect(spec?.ipAddressClaims?.["ip1"]).toMatchObject({ name: "m1-ip1", uid: claim.metadata.uid });
});
