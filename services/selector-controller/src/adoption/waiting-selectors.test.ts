import type { MachineInventorySelector } from "@elemental/api";
import { expect, test } from "vitest";
import { inventory, selector } from "../testing/objects.ts";
import { isWaiting, WaitingSelectors } from "./waiting-selectors.ts";

const at = (name: string, second: number, spec: MachineInventorySelector["spec"] = {}) =>
  selector(name, { metadata: { creationTimestamp: `2026-01-01T00:00:0${second}Z` }, spec });

test.each([
  ["a new selector", selector("s"), true],
  ["one with an inventory", selector("s", { status: { machineInventoryRef: { name: "m" } } }), false],
  ["one with an empty reference", selector("s", { status: { machineInventoryRef: { name: "" } } }), true],
  ["a paused one", selector("s", { metadata: { annotations: { "cluster.x-k8s.io/paused": "true" } } }), false],
  ["one being deleted", selector("s", { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } }), false],
])("%s is waiting: %j", (_case, object, expected) => {
  expect(isWaiting(object)).toBe(expected);
});

test("every free inventory wakes one selector: the oldest that matches and was not woken just before", () => {
  let now = 0;
  const all = [
    at("young", 3),
    at("old", 1),
    at("middle", 2),
    at("elsewhere", 0, { selector: { matchLabels: { site: "x" } } }),
    at("broken", 0, { selector: { matchExpressions: [{ key: "a", operator: "Foo" }] } }),
  ];
  const waiting = new WaitingSelectors(() => now);
  for (const current of all) waiting.apply({ previous: undefined, current });
  const wake = () => waiting.next(inventory("m"))?.name;
  expect([wake(), wake(), wake(), wake()]).toEqual(["old", "middle", "young", undefined]);
  waiting.ran({ namespace: "fleet-default", name: "middle" });
  expect(wake()).toBe("middle");
  now = 10_000;
  expect(wake()).toBe("old");
});

test("a selector is woken for what it looks for, as long as it looks", () => {
  const [site, rack] = [{ matchLabels: { site: "a" } }, { matchLabels: { site: "a", rack: "1" } }];
  const old = at("old", 1, { selector: site });
  const waiting = new WaitingSelectors();
  const racks = at("rack", 2, { selector: rack });
  for (const current of [old, racks]) waiting.apply({ previous: undefined, current });
  const wake = (labels: Record<string, string>) => waiting.next(inventory("m", { metadata: { labels } }))?.name;
  expect(wake({ rack: "1" })).toBeUndefined();
  expect(wake({ site: "a", rack: "2" })).toBe("old");
  expect(wake({ site: "a", rack: "2" })).toBeUndefined();
  const bound = { ...racks, status: { machineInventoryRef: { name: "m" } } };
  waiting.apply({ previous: racks, current: bound });
  expect(wake({ site: "a", rack: "1" })).toBeUndefined();
  waiting.apply({ previous: bound, current: racks });
  expect(wake({ site: "a", rack: "1" })).toBe("rack");
  waiting.apply({ previous: old, current: undefined });
  waiting.ran({ namespace: "fleet-default", name: "old" });
  expect(wake({ site: "a", rack: "2" })).toBeUndefined();
});
