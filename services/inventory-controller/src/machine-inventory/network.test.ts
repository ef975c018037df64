import type { IPAddress, IPAddressClaim, MachineInventory } from "@elemental/api";
import { describe, expect, it } from "vitest";
import { condition, inventory, ownedBy, planSecret, readiness, summary } from "../testing/builders.ts";
import type { ObservedAddresses } from "./observed.ts";
import { reconcileInventory } from "./reconcile.ts";

const now = new Date("2026-01-02T03:04:05Z");
const pool = { apiGroup: "ipam.cluster.x-k8s.io", kind: "InClusterIPPool", name: "p" };
const waitingForAddress = (spec: MachineInventory["spec"] = {}) =>
  inventory({ spec: { ipAddressPools: { ip1: pool }, ...spec } });
const claim = (metadata: object = {}): IPAddressClaim => ({
  apiVersion: "ipam.cluster.x-k8s.io/v1beta2",
  kind: "IPAddressClaim",
  metadata: {
    name: "m1-ip1",
    namespace: "fleet-default",
    uid: "uid-claim",
    ownerReferences: [ownedBy("MachineInventory", "m1")],
    ...metadata,
  },
  spec: { poolRef: pool },
});
const address: IPAddress = {
  apiVersion: "ipam.cluster.x-k8s.io/v1beta2",
  kind: "IPAddress",
  metadata: { name: "m1-ip1", namespace: "fleet-default" },
  spec: { address: "10.0.0.7" },
};
const claimRef = {
  apiVersion: "ipam.cluster.x-k8s.io/v1beta2",
  kind: "IPAddressClaim",
  name: "m1-ip1",
  namespace: "fleet-default",
  uid: "uid-claim",
};

function run(machine: MachineInventory, parts: Partial<ObservedAddresses> = {}) {
  const addresses = { version: "v1beta2", pools: { ip1: { claim: undefined, address: undefined } }, ...parts };
  return reconcileInventory({ inventory: machine, planSecret: planSecret({}), owner: undefined, addresses }, now);
}

const bodies = ({ operations = [] }: ReturnType<typeof run>) =>
  operations.map((operation) =>
    operation.kind === "patch" ? operation.patch.body : operation.kind === "create" ? operation.object : operation,
  );

describe("addresses", () => {
  it.each(["v1beta2", "v1beta1", "v1alpha1"])(
    "C-035 C-040 the address is claimed with the served version %s",
    (version) => {
      const outcome = run(waitingForAddress(), { version });
      expect(bodies(outcome)).toEqual([
        {
          apiVersion: `ipam.cluster.x-k8s.io/${version}`,
          kind: "IPAddressClaim",
          metadata: {
            name: "m1-ip1",
            namespace: "fleet-default",
            ownerReferences: [{ ...ownedBy("MachineInventory", "m1"), blockOwnerDeletion: true }],
          },
          spec: { poolRef: pool },
        },
      ]);
      expect(readiness(outcome.status?.conditions)).toBe(
        "False ReconcilingNetworkConfig: NetworkConfig needs reconcile",
      );
    },
  );

  it("C-035 C-036 a claim is recorded, and its address waited for", () => {
    const outcome = run(waitingForAddress(), { pools: { ip1: { claim: claim(), address: undefined } } });
    expect(bodies(outcome)).toEqual([
      { metadata: { resourceVersion: "1" }, spec: { ipAddressClaims: { ip1: claimRef } } },
    ]);
    expect(summary(outcome.status?.conditions)["NetworkConfigReady"]).toBe(
      "False WaitingForIPAddress: Waiting to claim IPAddress m1-ip1",
    );
    expect(outcome.requeueAfterMs).toBe(1000);
  });

  it.each([
    { since: "2026-01-02T03:04:05Z", pollMs: 1000 },
    { since: "2026-01-02T03:03:55Z", pollMs: 10_000 },
    { since: "2026-01-01T00:00:00Z", pollMs: 30_000 },
  ])("waiting since $since it is looked for every $pollMs ms", ({ since, pollMs }) => {
    const status = {
      conditions: [condition("NetworkConfigReady", "False", "WaitingForIPAddress", { lastTransitionTime: since })],
    };
    const machine = { ...waitingForAddress({ ipAddressClaims: { ip1: claimRef } }), status };
    expect(run(machine, { pools: { ip1: { claim: claim(), address: undefined } } }).requeueAfterMs).toBe(pollMs);
  });

  it("C-037 the address is recorded; the next run finds the network ready", () => {
    const outcome = run(waitingForAddress({ ipAddressClaims: { ip1: claimRef } }), {
      pools: { ip1: { claim: claim(), address } },
    });
    expect(bodies(outcome)).toEqual([
      { metadata: { resourceVersion: "1" }, spec: { network: { ipAddresses: { ip1: "10.0.0.7" } } } },
    ]);
    const done = waitingForAddress({ network: { ipAddresses: { ip1: "10.0.0.7" } } });
    const next = reconcileInventory(
      { inventory: done, planSecret: planSecret({}), owner: undefined, addresses: undefined },
      now,
    );
    expect(summary(next.status?.conditions)["NetworkConfigReady"]).toBe(
      "True ReconcilingNetworkConfig: NetworkConfig is ready",
    );
  });

  it("C-038 D-07 a pool without apiGroup is a failure that is not retried", () => {
    const outcome = run(inventory({ spec: { ipAddressPools: { ip1: { kind: "InClusterIPPool", name: "p" } } } }));
    expect(readiness(outcome.status?.conditions)).toBe("False NetworkConfigFailure: pool ip1: apiGroup is required");
    expect(outcome.error).toBeUndefined();
    expect(outcome.requeueAfterMs).toBeUndefined();
  });

  it.each([
    {
      title: "C-039 a claim that is being deleted",
      claim: claim({ deletionTimestamp: "2026-01-02T00:00:00Z" }),
      message: "Waiting for IPAddressClaim deletion 'm1-ip1'",
    },
    { title: "a claim of somebody else", claim: claim({ ownerReferences: [] }), message: "does not belong to this" },
    {
      title: "a claim from another pool",
      claim: { ...claim(), spec: { poolRef: { ...pool, name: "q" } } },
      message: "claims from another pool",
    },
  ])("$title is an error and retried", ({ claim, message }) => {
    const outcome = run(waitingForAddress(), { pools: { ip1: { claim, address: undefined } } });
    expect(readiness(outcome.status?.conditions)).toContain(message);
    expect(readiness(outcome.status?.conditions)).toContain("NetworkConfigFailure");
    expect(outcome.error).toBeDefined();
    expect(outcome.operations).toEqual([]);
  });

  it("without an IPAM provider the condition says what to install", () => {
    const outcome = run(waitingForAddress(), { version: undefined, pools: {} });
    expect(readiness(outcome.status?.conditions)).toContain("install a Cluster API IPAM provider");
    expect(outcome.requeueAfterMs).toBe(30_000);
  });
});
