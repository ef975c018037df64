import type { MachineInventorySelector } from "@elemental/api";
import { describe, expect, test } from "vitest";
import { condition, inventory, ownedBy, selector } from "../testing/objects.ts";
import { validate } from "./validation.ts";

const start = "2026-01-02T03:04:05Z";
const early = new Date("2026-01-02T03:04:10Z");
const late = new Date("2026-01-02T03:05:00Z");

const ours = (adopted: "True" | "False" | "Unknown" = "Unknown") =>
  inventory("m", {
    metadata: { ownerReferences: [ownedBy("s")] },
    status: { conditions: [condition("AdoptionReady", adopted)] },
  });
const free = inventory("m");
const others = inventory("m", { metadata: { ownerReferences: [ownedBy("other")] } });
const dying = inventory("m", { metadata: { ...ours().metadata, deletionTimestamp: start } });

function bound(
  inventoryReady?: "True" | "False" | "Unknown",
  bootstrapPlanChecksum?: string,
): MachineInventorySelector {
  const conditions = inventoryReady ? [condition("InventoryReady", inventoryReady)] : [];
  return selector("s", {
    status: { machineInventoryRef: { name: "m" }, conditions, ...(bootstrapPlanChecksum && { bootstrapPlanChecksum }) },
  });
}

describe("before the bootstrap plan", () => {
  test.each([
    ["no condition", bound(), ours("True"), early, "restart"],
    ["confirmed", bound("Unknown"), ours("True"), early, "adopted"],
    ["confirmed after the deadline", bound("Unknown"), ours("True"), late, "adopted"],
    ["not confirmed yet", bound("Unknown"), ours("Unknown"), early, "wait"],
    ["not owned yet", bound("Unknown"), free, early, "wait"],
    ["not confirmed in time", bound("Unknown"), ours("False"), late, "overdue"],
    ["still not confirmed", bound("False"), ours("False"), early, "overdue"],
    ["confirmed at last", bound("False"), ours("True"), late, "adopted"],
    ["not owned in time", bound("Unknown"), free, late, "restart"],
    ["C-063 owned by another selector", bound("Unknown"), others, early, "restart"],
    ["gone", bound("Unknown"), undefined, early, "restart"],
    ["being deleted", bound("Unknown"), dying, early, "restart"],
    ["adopted and unconfirmed later", bound("True"), ours("False"), late, "adopted"],
    ["D-42 adopted, then gone", bound("True"), undefined, early, "restart"],
    ["D-42 adopted, then re-owned", bound("True"), others, early, "restart"],
    ["D-42 adopted, then released", bound("True"), free, early, "restart"],
    ["D-42 adopted, then deleted", bound("True"), dying, early, "restart"],
  ])("%s", (...[, object, machine, now, kind]) => {
    expect(validate(object, machine, now).kind).toBe(kind);
  });
});

describe("after the bootstrap plan", () => {
  test.each([
    ["ours", ours("False"), "adopted"],
    ["gone", undefined, "lost"],
    ["re-owned", others, "lost"],
    ["released", free, "lost"],
    ["being deleted", dying, "lost"],
  ])("C-080 an inventory that is %s", (_case, machine, kind) => {
    expect(validate(bound("True", "abc"), machine, late).kind).toBe(kind);
  });

  test("a recovered inventory is ours again", () => {
    expect(validate(bound("False", "abc"), ours("True"), late).kind).toBe("adopted");
  });
});

test.each([
  [bound("Unknown"), others, "machine inventory ownership mismatch detected, restart adoption"],
  [
    bound("Unknown"),
    free,
    "machine inventory adoption validation timeout, restart adoption. Deadline was: 2026-01-02T03:04:35Z",
  ],
  [bound(), ours(), "missing required InventoryReadyCondition it must be already set at this phase"],
  [bound("True"), undefined, /^failed to get machine inventory: .*, restart adoption$/],
])("the message of a restart", (object, machine, message) => {
  const validation = validate(object, machine, late);
  expect(validation).toMatchObject({ kind: "restart", message: expect.stringMatching(message) });
});
