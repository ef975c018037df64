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
  const waiting = new WaitingSelectors(
    () => all,
    () => now,
  );
  const wake = () => waiting.next(inventory("m"))?.name;
  expect([wake(), wake(), wake(), wake()]).toEqual(["old", "middle", "young", undefined]);
  waiting.ran({ namespace: "fleet-default", name: "middle" });
  expect(wake()).toBe("middle");
  now = 10_000;
  expect(wake()).toBe("old");
});
