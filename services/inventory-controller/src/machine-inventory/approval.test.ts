import type { MachineInventory } from "@elemental/api";
import { describe, expect, it } from "vitest";
import { condition, inventory, planSecret, summary } from "../testing/builders.ts";
import { approverOf } from "./approver.ts";
import type { ObservedInventory } from "./observed.ts";
import { reconcileInventory } from "./reconcile.ts";

const now = new Date("2026-01-02T03:04:05Z");
const approved = { "elemental.cattle.io/approved": "true" };
const spec = { approval: "Manual" } as const;
const approver = { manager: "kubectl-annotate", time: "2026-01-01T10:00:00Z" };
const waiting = 'False WaitingForApproval: waiting for the annotation elemental.cattle.io/approved: "true"';
const denied = "False Denied: its hash is in spec.deny of MachineRegistration nodes";

function run(parts: Partial<ObservedInventory>) {
  const outcome = reconcileInventory(
    { inventory: inventory(), planSecret: undefined, owner: undefined, addresses: undefined, ...parts },
    now,
  );
  const { Approved, Ready } = summary(outcome.status?.conditions);
  const creates = outcome.operations?.some(({ kind }) => kind === "create") ?? false;
  return { Approved, Ready, creates, plan: outcome.status?.plan, events: outcome.events?.map(({ reason }) => reason) };
}

const marked = (value: string): MachineInventory =>
  inventory({ spec, metadata: { annotations: { "elemental.cattle.io/approved": value } } });

describe("approval", () => {
  it("nobody asked: there is no condition", () => {
    expect(run({})).toMatchObject({ Approved: undefined, creates: true });
  });

  it.each([
    ["new", inventory({ spec })],
    ["marked with anything but true", marked("yes")],
  ])("one that waits gets no plan Secret: %s", (_title, object) => {
    expect(run({ inventory: object })).toEqual({
      Approved: waiting,
      Ready: waiting,
      creates: false,
      plan: undefined,
      events: [],
    });
  });

  it("one that was approved gets its plan Secret, and who approved it is told", () => {
    expect(run({ inventory: marked("true"), approver })).toMatchObject({
      Approved: 'True Approved: approved by field manager "kubectl-annotate" at 2026-01-01T10:00:00Z',
      Ready: "False WaitingForPlan: waiting for plan to be applied",
      creates: true,
      events: ["Approved"],
    });
  });

  it("what was told of an approval stays", () => {
    const status = { conditions: [condition("Approved", "True", "Approved", { message: "approved by X" })] };
    const outcome = run({ inventory: inventory({ spec, status, metadata: { annotations: approved } }) });
    expect(outcome).toMatchObject({ Approved: "True Approved: approved by X", events: [] });
  });

  it("a withdrawn approval is told; the plan Secret stays", () => {
    const status = { conditions: [condition("Approved", "True", "Approved")] };
    expect(run({ inventory: inventory({ spec, status }), planSecret: planSecret({}) })).toMatchObject({
      Approved: waiting,
      Ready: waiting,
      creates: false,
    });
  });

  it.each([
    ["one that nobody had to approve", inventory()],
    ["one that waits", inventory({ spec })],
    ["one that was approved", marked("true")],
  ])("a denied machine is told, once: %s", (_title, object) => {
    expect(run({ inventory: object, planSecret: planSecret({}), deniedBy: "nodes" })).toMatchObject({
      Approved: denied,
      Ready: denied,
      events: ["Denied"],
    });
  });

  it("a machine that is denied no longer is as before", () => {
    const status = { conditions: [condition("Approved", "False", "Denied")] };
    expect(run({ inventory: inventory({ status }), planSecret: planSecret({}) }).Approved).toBeUndefined();
  });
});

describe("the approver", () => {
  const fields = { "f:metadata": { "f:annotations": { "f:elemental.cattle.io/approved": {} } } };

  it.each([
    ["nobody is recorded", [], undefined],
    [
      "others wrote other fields",
      [{ manager: "a", time: "2026-01-01T00:00:00Z", fields: { "f:spec": {} } }],
      undefined,
    ],
    ["fields of no shape", [{ manager: "a", time: "2026-01-01T00:00:00Z", fields: null }], undefined],
    [
      "the latest of several",
      [
        { manager: "a", time: "2026-01-01T00:00:00Z", fields },
        { manager: "b", time: "2026-01-01T00:00:01Z", fields },
      ],
      { manager: "b", time: "2026-01-01T00:00:01Z" },
    ],
  ])("%s", (_title, managers, expected) => {
    expect(approverOf(managers)).toEqual(expected);
  });
});
