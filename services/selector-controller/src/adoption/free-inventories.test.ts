import { type MachineInventory, parseLabelSelector } from "@elemental/api";
import { describe, expect, test } from "vitest";
import { condition, inventory, namespace, ownedBy } from "../testing/objects.ts";
import { FreeInventories } from "./free-inventories.ts";

function at(
  name: string,
  day: number,
  { ready = false, labels = { site: "a" } as Record<string, string> } = {},
): MachineInventory {
  const status = {
    plan: { secretRef: { namespace, name } },
    conditions: [condition("Ready", ready ? "True" : "False")],
  };
  return inventory(name, { metadata: { creationTimestamp: `2026-01-0${day}T00:00:00Z`, labels }, status });
}

function having(...inventories: MachineInventory[]): FreeInventories {
  const free = new FreeInventories();
  for (const current of inventories) free.apply({ previous: undefined, current });
  return free;
}

function names(free: FreeInventories, selector: string): string[] {
  return [...free.matching(namespace, parseLabelSelector(selector))].map(({ metadata }) => metadata.name);
}

describe("free inventories", () => {
  const fleet = [
    at("new", 3),
    at("old-b", 1),
    at("old-a", 1, { labels: { site: "a", rack: "1" } }),
    at("ready", 4, { ready: true }),
    at("elsewhere", 1, { labels: { site: "b" } }),
  ];

  test.each([
    ["site=a", ["ready", "old-a", "old-b", "new"]],
    ["", ["ready", "elsewhere", "old-a", "old-b", "new"]],
    ["site=a,rack=1", ["old-a"]],
    ["site in (a,b),!rack", ["ready", "elsewhere", "old-b", "new"]],
    ["site!=a", ["elsewhere"]],
    ["site=c", []],
  ])(
    "match '%s' in the order in which they are taken: ready ones first, then the oldest, then by name",
    (selector, expected) => {
      expect(names(having(...fleet), selector)).toEqual(expected);
      expect(names(having(...fleet.toReversed()), selector)).toEqual(expected);
    },
  );

  test("are of one namespace", () => {
    const other = inventory("other", { metadata: { namespace: "elsewhere" } });
    expect(names(having(other, at("m", 1)), "")).toEqual(["m"]);
  });

  test("follow every change", () => {
    const [old, young] = [at("old", 1), at("young", 2)];
    const free = having(old, young);
    const readyYoung = at("young", 2, { ready: true });
    free.apply({ previous: young, current: readyYoung });
    expect(names(free, "site=a")).toEqual(["young", "old"]);
    const taken = inventory("young", { metadata: { ...readyYoung.metadata, ownerReferences: [ownedBy("s")] } });
    free.apply({ previous: readyYoung, current: taken });
    const moved = at("old", 1, { labels: { site: "b" } });
    free.apply({ previous: old, current: moved });
    expect([names(free, "site=a"), names(free, "site=b")]).toEqual([[], ["old"]]);
    free.apply({ previous: moved, current: undefined });
    expect(names(free, "")).toEqual([]);
  });
});
