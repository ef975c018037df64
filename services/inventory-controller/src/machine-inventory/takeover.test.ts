import { describe, expect, it } from "vitest";
import { inventory, ownedBy, planSecret } from "../testing/builders.ts";
import { reconcileInventory } from "./reconcile.ts";

const now = new Date("2026-01-02T03:04:05Z");
const ownerReferences = [ownedBy("MachineInventory", "m1", "uid-earlier")];

function patchOf(type: string, machine = inventory()) {
  const secret = planSecret({ "applied-checksum": "x" }, type, { ownerReferences });
  const { operations } = reconcileInventory(
    { inventory: machine, planSecret: secret, owner: undefined, addresses: undefined },
    now,
  );
  return operations?.map((operation) => (operation.kind === "patch" ? operation.patch.body : operation.kind));
}

const own = { resourceVersion: "1", ownerReferences: [ownedBy("MachineInventory", "m1")] };
const cleared = { "applied-checksum": "", "failed-checksum": "" };

describe("the Secret of an earlier life of the inventory", () => {
  it("is taken over with the plan that its machine was provisioned with", () => {
    expect(patchOf("bootstrap")).toEqual([{ metadata: own }]);
  });

  it("does not make its reset the plan of the new one", () => {
    const annotations = { "elemental.cattle.io/plan.type": "empty" };
    expect(patchOf("reset")).toEqual([{ metadata: { ...own, annotations }, data: { plan: "e30=", ...cleared } }]);
  });

  it("does not end the reset of the new one", () => {
    const annotations = { "elemental.cattle.io/resettable": "true" };
    const dying = inventory({ metadata: { deletionTimestamp: "2026-01-02T03:04:00Z", annotations } });
    expect(patchOf("reset", dying)).toMatchObject([
      { metadata: { ...own, annotations: { "elemental.cattle.io/plan.type": "reset" } }, data: cleared },
    ]);
  });
});
