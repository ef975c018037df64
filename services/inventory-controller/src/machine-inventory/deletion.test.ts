import type { MachineInventory, Secret } from "@elemental/api";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { inventory, planSecret, readiness } from "../testing/builders.ts";
import { planChecksum } from "./plan-secret.ts";
import { reconcileInventory } from "./reconcile.ts";
import { resetPlan } from "./reset-plan.ts";

const now = new Date(2026, 0, 2, 3, 4, 5);
const resettable = { "elemental.cattle.io/resettable": "true" };
const deleted = (annotations: Record<string, string>, spec: MachineInventory["spec"] = {}, finalizers: string[] = []) =>
  inventory({ spec, metadata: { annotations, finalizers, deletionTimestamp: "2026-01-02T00:00:00Z" } });

function run(machine: MachineInventory, secret: Secret | undefined = planSecret({})) {
  return reconcileInventory({ inventory: machine, planSecret: secret, owner: undefined, addresses: undefined }, now);
}

interface Plan {
  files: { path: string; permissions: string; content: string }[];
  instructions?: { name: string; command: string; args: string[] }[];
}

const reasonsOf = ({ events }: ReturnType<typeof run>) => events?.map(({ reason }) => reason);
const decode = (text: string) => JSON.parse(text) as Plan;
const commands = (machine: MachineInventory) =>
  decode(resetPlan(machine, now)).instructions?.map(({ command, args }) => [command, ...args].join(" "));
const content = (plan: Plan) => Buffer.from(plan.files[0]?.content ?? "", "base64").toString();
const reset = resetPlan(deleted(resettable), now);
const resetChecksum = planChecksum(reset);

describe("deletion without reset", () => {
  it.each<{ title: string; annotations: Record<string, string> }>([
    { title: "C-041 without the annotation", annotations: {} },
    { title: "C-042 with another spelling", annotations: { "elemental.cattle.io/resettable": "True" } },
    { title: "C-049 switched off while a reset is stuck", annotations: { "elemental.cattle.io/resettable": "false" } },
  ])("$title the inventory goes at once", ({ annotations }) => {
    const outcome = run(deleted(annotations), planSecret({ plan: reset }, "reset"));
    expect(outcome.finalized).toBe(true);
    expect(outcome.operations).toBeUndefined();
  });
});

describe("reset plan", () => {
  it("C-043 replaces the plan under a precondition and clears the checksums; the inventory stays", () => {
    const outcome = run(
      deleted(resettable),
      planSecret({ "applied-checksum": "old" }, "bootstrap", { resourceVersion: "9" }),
    );
    expect(outcome.operations).toEqual([
      expect.objectContaining({
        kind: "patch",
        patch: {
          type: "merge",
          body: {
            metadata: { resourceVersion: "9", annotations: { "elemental.cattle.io/plan.type": "reset" } },
            data: { plan: Buffer.from(reset).toString("base64"), "applied-checksum": "", "failed-checksum": "" },
          },
        },
      }),
    ]);
    expect(outcome.finalized).toBeUndefined();
    expect(readiness(outcome.status?.conditions)).toMatch(/^False WaitingForPlan: waiting for plan to be applied/);
    expect(reasonsOf(outcome)).toEqual(["ResetPlanWritten"]);
    expect(outcome.status?.plan).toEqual({
      secretRef: { namespace: "fleet-default", name: "m1" },
      checksum: resetChecksum,
    });
  });

  it("C-043 C-045 two instructions without a configured network", () => {
    const expected = ["grub2-editenv /oem/grubenv set next_entry=recovery", "shutdown -r +1"];
    expect(commands(deleted(resettable))).toEqual(expected);
    expect(commands(deleted(resettable, { network: { configurator: "none" } }))).toEqual(expected);
    expect(decode(reset).files).toEqual([
      expect.objectContaining({ path: "/oem/reset-cloud-config.yaml", permissions: "0600" }),
    ]);
  });

  it("C-044 three instructions with one", () => {
    expect(commands(deleted(resettable, { network: { configurator: "nmc" } }))?.[0]).toBe(
      "elemental-register --debug --reset-network",
    );
  });

  it("C-046 the file starts the reset from the recovery system", () => {
    const file = parse(content(decode(reset)));
    expect(file).toEqual({
      name: "Elemental Reset",
      stages: {
        "network.after": [
          {
            name: "Runs elemental reset",
            if: "[ -f /run/cos/recovery_mode ] || [ -f /run/elemental/recovery_mode ]",
            commands: ["systemctl start elemental-register-reset"],
          },
        ],
      },
    });
  });

  it("C-050 D-12 an unmanaged system gets one file with the time", () => {
    const plan = decode(resetPlan(deleted({ ...resettable, "elemental.cattle.io/os.unmanaged": "true" }), now));
    expect(plan.files).toEqual([
      expect.objectContaining({ path: "/var/lib/elemental/.unmanaged_reset", permissions: "0600" }),
    ]);
    expect(content(plan)).toBe("2026-01-02 03:04:05");
    expect(plan.instructions).toBeUndefined();
  });
});

describe("reset progress", () => {
  it("C-047 the checksum of the reset plan ends it", () => {
    const secret = planSecret({ plan: reset, "applied-checksum": resetChecksum }, "reset");
    const outcome = run(deleted(resettable), secret);
    expect(outcome.finalized).toBe(true);
    expect(reasonsOf(outcome)).toContain("MachineReset");
  });

  it("while it is pending, the condition says so and what to do if the machine is gone", () => {
    const outcome = run(deleted(resettable), planSecret({ plan: reset }, "reset"));
    expect(readiness(outcome.status?.conditions)).toContain("elemental.cattle.io/machine-gone");
    expect(outcome).toMatchObject({ operations: [], events: [] });
  });

  it.each(["true", "yes"])("a machine that is declared gone by %j needs no reset only if that is true", (gone) => {
    const machine = deleted({ ...resettable, "elemental.cattle.io/machine-gone": gone });
    const outcome = run(machine, planSecret({}, "bootstrap"));
    expect(outcome.finalized ?? false).toBe(gone === "true");
    expect(reasonsOf(outcome)).toEqual([gone === "true" ? "MachineGone" : "ResetPlanWritten"]);
  });

  it("a machine that is declared gone and not deleted lives on", () => {
    const annotations = { ...resettable, "elemental.cattle.io/machine-gone": "true" };
    expect(run(inventory({ metadata: { annotations } }), planSecret({})).finalized).toBeUndefined();
  });

  it.each([
    {
      title: "C-048 D-10 another checksum does not",
      secret: planSecret({ plan: reset, "applied-checksum": "44136f" }, "reset"),
    },
    { title: "C-051 D-10 nor does a stored state", secret: planSecret({ plan: reset }, "reset") },
    { title: "nor that of a plan that is no reset", secret: planSecret({ "applied-checksum": planChecksum("{}") }) },
  ])("$title", ({ secret }) => {
    const machine = {
      ...deleted(resettable),
      status: { plan: { state: "Applied" as const, checksum: resetChecksum } },
    };
    const outcome = run(machine, secret);
    expect(outcome.finalized).toBeUndefined();
    expect(readiness(outcome.status?.conditions)).toContain("WaitingForPlan");
  });

  it("C-049 a failed reset is reported and keeps the inventory", () => {
    const outcome = run(deleted(resettable), planSecret({ plan: reset, "failed-checksum": resetChecksum }, "reset"));
    expect(readiness(outcome.status?.conditions)).toBe(
      "False PlanFailure: updating inventory with plan status: failed to apply plan",
    );
    expect(outcome.finalized).toBeUndefined();
  });

  it.each([
    { title: "C-052 D-11 was deleted first, as by foreground deletion", finalizers: ["foregroundDeletion"] },
    { title: "C-053 D-11 never existed", finalizers: [] },
  ])("a plan Secret that $title is created with the reset plan", ({ finalizers }) => {
    const outcome = reconcileInventory(
      { inventory: deleted(resettable, {}, finalizers), planSecret: undefined, owner: undefined, addresses: undefined },
      now,
    );
    const [operation] = outcome.operations ?? [];
    expect(operation?.kind === "create" && operation.object).toMatchObject({
      metadata: { name: "m1", annotations: { "elemental.cattle.io/plan.type": "reset" } },
      data: { plan: Buffer.from(reset).toString("base64") },
    });
    expect(outcome.finalized).toBeUndefined();
  });

  it("a Secret of somebody else blocks the reset and is not written", () => {
    const outcome = run(deleted(resettable), planSecret({}, "empty", { ownerReferences: [] }));
    expect(readiness(outcome.status?.conditions)).toBe(
      "False PlanFailure: secret already exists and was not created by this controller",
    );
    expect(outcome.operations).toBeUndefined();
    expect(outcome.error).toBeDefined();
  });
});
