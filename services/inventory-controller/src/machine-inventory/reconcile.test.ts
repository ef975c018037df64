import { gzipSync } from "node:zlib";
import type { MachineInventory, Secret } from "@elemental/api";
import { describe, expect, it } from "vitest";
import { condition, inventory, ownedBy, planSecret, readiness, selector, summary } from "../testing/builders.ts";
import type { ObservedInventory, ObservedOwner } from "./observed.ts";
import { planChecksum } from "./plan-secret.ts";
import { reconcileInventory } from "./reconcile.ts";

const now = new Date("2026-01-02T03:04:05Z");
const emptyChecksum = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

function run(parts: Partial<ObservedInventory>) {
  return reconcileInventory(
    { inventory: inventory(), planSecret: planSecret({}), owner: undefined, addresses: undefined, ...parts },
    now,
  );
}

const kinds = ({ operations = [] }: ReturnType<typeof run>) => operations.map(({ kind }) => kind);
const created = (outcome: ReturnType<typeof run>) =>
  outcome.operations?.flatMap((operation) => (operation.kind === "create" ? [operation.object as Secret] : []));
const patched = (outcome: ReturnType<typeof run>) =>
  outcome.operations?.flatMap((operation) => (operation.kind === "patch" ? [operation.patch.body] : []));

describe("plan", () => {
  it("C-027 C-028 a new inventory gets its plan Secret and all three conditions in one run", () => {
    const outcome = run({ planSecret: undefined });
    expect(created(outcome)).toEqual([
      {
        apiVersion: "v1",
        kind: "Secret",
        type: "elemental.cattle.io/plan",
        metadata: {
          name: "m1",
          namespace: "fleet-default",
          labels: { "elemental.cattle.io/managed": "true" },
          annotations: { "elemental.cattle.io/plan.type": "empty" },
          ownerReferences: [ownedBy("MachineInventory", "m1")],
        },
        data: { plan: "e30=" },
      },
    ]);
    expect(summary(outcome.status?.conditions)).toEqual({
      NetworkConfigReady: "True ReconcilingNetworkConfig: NetworkConfig is ready",
      AdoptionReady: "False WaitingToBeAdopted: Waiting to be adopted",
      Ready: "False WaitingForPlan: waiting for plan to be applied",
    });
    expect(outcome.status?.plan).toEqual({ secretRef: { namespace: "fleet-default", name: "m1" } });
  });

  it.each<{ title: string; data: Record<string, string>; ready: string; plan: object }>([
    {
      title: "C-029 the agent applied the empty plan",
      data: { "applied-checksum": emptyChecksum },
      ready: "True PlanSuccessfullyApplied: plan successfully applied",
      plan: { state: "Applied", checksum: emptyChecksum },
    },
    {
      title: "C-030 the agent failed the current plan",
      data: { "failed-checksum": emptyChecksum },
      ready: "False PlanFailure: failed to apply plan",
      plan: { state: "Failed", checksum: emptyChecksum },
    },
    {
      title: "C-031 D-09 an older plan was applied, the current one failed",
      data: { plan: '{"a":1}', "applied-checksum": emptyChecksum, "failed-checksum": planChecksum('{"a":1}') },
      ready: "False PlanFailure: failed to apply plan",
      plan: { state: "Failed", checksum: planChecksum('{"a":1}') },
    },
    {
      title: "C-032 an older plan was applied, the current one not yet",
      data: { plan: '{"a":1}', "applied-checksum": emptyChecksum },
      ready: "False WaitingForPlan: waiting for plan to be applied",
      plan: {},
    },
  ])("$title", ({ data, ready, plan }) => {
    const outcome = run({ planSecret: planSecret(data) });
    expect(readiness(outcome.status?.conditions)).toBe(ready);
    expect(outcome.status?.plan).toEqual({ secretRef: { namespace: "fleet-default", name: "m1" }, ...plan });
    expect(kinds(outcome)).toEqual([]);
  });

  it("a failure tells how often and what the machine said last", () => {
    const output = { boot: Buffer.from("no space left on device\n").toString("base64") };
    const secret = planSecret({ "failed-checksum": emptyChecksum, "failure-count": "3" });
    const packed = gzipSync(JSON.stringify(output)).toString("base64");
    const outcome = run({ planSecret: { ...secret, data: { ...secret.data, "failed-output": packed } } });
    expect(readiness(outcome.status?.conditions)).toBe(
      'False PlanFailure: failed 3 times, output ends with "no space left on device": failed to apply plan',
    );
  });

  it("an output that is no output, or unpacks to too much, is left out", () => {
    for (const packed of [Buffer.from("junk"), gzipSync(Buffer.alloc(4_000_000, "a")), gzipSync("null")]) {
      const secret = planSecret({ "failed-checksum": emptyChecksum });
      const data = { ...secret.data, "failed-output": packed.toString("base64") };
      expect(readiness(run({ planSecret: { ...secret, data } }).status?.conditions)).toBe(
        "False PlanFailure: failed to apply plan",
      );
    }
  });

  it("C-033 a lost plan Secret is recreated", () => {
    const status = { conditions: [condition("Ready", "True", "PlanSuccessfullyApplied")] };
    const outcome = run({ inventory: inventory({ status }), planSecret: undefined });
    expect(created(outcome)?.map(({ data }) => data)).toEqual([{ plan: "e30=" }]);
    expect(readiness(outcome.status?.conditions)).toContain("WaitingForPlan");
  });

  it.each<{ title: string; secret: Secret }>([
    { title: "owned by nobody", secret: planSecret({}, "empty", { ownerReferences: [] }) },
    {
      title: "owned by another kind",
      secret: planSecret({}, "empty", { ownerReferences: [ownedBy("Other", "m1", "uid-x")] }),
    },
    { title: "of another type", secret: { ...planSecret({}), type: "Opaque" } },
  ])("C-034 D-05 a Secret $title is never written", ({ secret }) => {
    const outcome = run({ planSecret: secret });
    expect(readiness(outcome.status?.conditions)).toMatch(
      /^False PlanCreationFailureReason: Secret fleet-default\/m1 /,
    );
    expect(kinds(outcome)).toEqual([]);
    expect(outcome.error).toBeDefined();
  });

  it("a second run of a settled inventory changes nothing", () => {
    const first = run({ planSecret: planSecret({ "applied-checksum": emptyChecksum }) });
    const settled = inventory({ ...(first.status && { status: first.status }) });
    const later = new Date(now.getTime() + 60_000);
    const observed = {
      inventory: settled,
      planSecret: planSecret({ "applied-checksum": emptyChecksum }),
      owner: undefined,
      addresses: undefined,
    };
    expect(reconcileInventory(observed, later)).toEqual({ operations: [], events: [], status: first.status });
  });
});

describe("adoption", () => {
  const reference = ownedBy("MachineInventorySelector", "sel");
  const owner = (adopted?: string): ObservedOwner => ({ reference, selector: selector(adopted), problem: "" });
  const adoptedBy = (since: string, status: "Unknown" | "True"): MachineInventory =>
    inventory({
      metadata: { ownerReferences: [reference] },
      status: { conditions: [condition("AdoptionReady", status, "x", { lastTransitionTime: since })] },
    });
  const justNow = "2026-01-02T03:04:00Z";
  const longAgo = "2026-01-02T03:00:00Z";

  it.each<{ title: string; parts: Partial<ObservedInventory>; adoption: string; operations: string[]; fails: boolean }>(
    [
      {
        title: "the selector refers to it",
        parts: { owner: owner("m1"), inventory: adoptedBy(justNow, "Unknown") },
        adoption: "True SuccessfullyAdopted: Successfully adopted",
        operations: [],
        fails: false,
      },
      {
        title: "the selector refers to nothing yet",
        parts: { owner: owner(), inventory: adoptedBy(justNow, "Unknown") },
        adoption: "Unknown ValidatingAdoption: Adoption being validated",
        operations: [],
        fails: false,
      },
      {
        title: "C-061 the selector never referred to it",
        parts: { owner: owner(), inventory: adoptedBy(longAgo, "Unknown") },
        adoption:
          "False AdoptionFailure: Adoption timeout, dropping selector ownership. Deadline was: 2026-01-02T03:00:30Z ",
        operations: ["patch"],
        fails: true,
      },
      {
        title: "C-062 the selector refers to another one",
        parts: { owner: owner("m2"), inventory: adoptedBy(justNow, "Unknown") },
        adoption: "False AdoptionFailure: Ownership mismatch, dropping selector ownership",
        operations: ["patch"],
        fails: true,
      },
      {
        title: "the selector of a provisioned machine refers to another one: reported, never freed",
        parts: { owner: owner("m2"), inventory: adoptedBy(longAgo, "True"), planSecret: planSecret({}, "bootstrap") },
        adoption: "False AdoptionFailure: Ownership mismatch",
        operations: [],
        fails: true,
      },
      {
        title: "the selector is gone: garbage collection decides",
        parts: {
          owner: { reference, selector: undefined, problem: "not found" },
          inventory: adoptedBy(longAgo, "True"),
        },
        adoption: "False AdoptionFailure: failed to get machine inventory selector: not found",
        operations: [],
        fails: true,
      },
    ],
  )("$title", ({ parts, adoption, operations, fails }) => {
    const outcome = run(parts);
    expect(summary(outcome.status?.conditions)["AdoptionReady"]).toBe(adoption);
    expect(kinds(outcome)).toEqual(operations);
    expect(outcome.error !== undefined).toBe(fails);
  });

  it("dropping the owner keeps the other owners and needs the inventory as it was", () => {
    const other = { apiVersion: "v1", kind: "ConfigMap", name: "c", uid: "uid-c" };
    const metadata = { ownerReferences: [other, reference] };
    const outcome = run({ owner: owner("m2"), inventory: inventory({ metadata }) });
    expect(patched(outcome)).toEqual([{ metadata: { ownerReferences: [other], resourceVersion: "1" } }]);
  });

  it("a selector that was chosen a moment ago costs no write", () => {
    const fresh = inventory({
      metadata: { ownerReferences: [reference] },
      status: { conditions: [condition("AdoptionReady", "False", "WaitingToBeAdopted")] },
    });
    const after = (ms: number) =>
      run({ owner: { ...owner(), unconfirmedSince: new Date(now.getTime() - ms) }, inventory: fresh });
    expect(after(400).requeueAfterMs).toBe(600);
    expect(summary(after(400).status?.conditions)["AdoptionReady"]).toMatch(/^False WaitingToBeAdopted/);
    expect(summary(after(1_000).status?.conditions)["AdoptionReady"]).toMatch(/^Unknown ValidatingAdoption/);
  });

  it("the deadline of the validation wakes the controller", () => {
    expect(run({ owner: owner(), inventory: adoptedBy(justNow, "Unknown") }).requeueAfterMs).toBe(25_000);
  });
});
