import { describe, expect, test } from "vitest";
import { findCondition, isTrue, kubeTime, pruneInvalid, setCondition } from "./conditions.ts";
import type { Condition } from "./meta.ts";

const earlier = "2026-01-02T03:04:05Z";
const now = new Date("2026-05-06T07:08:09.123Z");
const context = { now, generation: 4 };

const condition = (type: string, status: Condition["status"]): Condition => {
  return { type, status, reason: "Before", message: "before", lastTransitionTime: earlier, observedGeneration: 3 };
};

describe("setCondition", () => {
  test("adds the first condition with time, generation and an empty message", () => {
    expect(setCondition(undefined, { type: "Ready", status: "False", reason: "Waiting" }, context)).toEqual([
      {
        type: "Ready",
        status: "False",
        reason: "Waiting",
        message: "",
        lastTransitionTime: "2026-05-06T07:08:09Z",
        observedGeneration: 4,
      },
    ]);
  });

  test.each([
    { before: "True", after: "True", time: earlier },
    { before: "False", after: "False", time: earlier },
    { before: "True", after: "False", time: kubeTime(now) },
    { before: "Unknown", after: "True", time: kubeTime(now) },
  ] as const)("$before -> $after has the transition time $time, and the new reason", ({ before, after, time }) => {
    const input = { type: "Ready", status: after, reason: "After", message: "after" };
    const [result] = setCondition([condition("Ready", before)], input, context);
    expect(result).toEqual({ ...input, lastTransitionTime: time, observedGeneration: 4 });
  });

  test("keeps the order of the others and puts Ready last", () => {
    const before = [condition("Ready", "True"), condition("B", "True"), condition("A", "True")];
    const added = setCondition(before, { type: "C", status: "True", reason: "New" }, context);
    expect(added.map(({ type }) => type)).toEqual(["B", "A", "C", "Ready"]);
    const renewed = setCondition(added, { type: "B", status: "False", reason: "New" }, context);
    expect(renewed.map(({ type }) => type)).toEqual(["B", "A", "C", "Ready"]);
  });

  test("leaves its input alone and gives equal results for equal inputs", () => {
    const before = Object.freeze([Object.freeze(condition("Ready", "True"))]);
    const input = { type: "Ready", status: "False", reason: "Lost" } as const;
    expect(setCondition(before, input, context)).toEqual(setCondition(before, input, context));
    const settled = setCondition(before, input, context);
    expect(setCondition(settled, input, { now: new Date(), generation: 4 })).toEqual(settled);
  });

  test("cuts a message that the API server would refuse", () => {
    const input = { type: "Ready", status: "False", reason: "Long", message: "x".repeat(40_000) } as const;
    expect(setCondition([], input, context)[0]?.message).toHaveLength(32_768);
  });

  test("gives no generation to an object that has none", () => {
    const input = { type: "Ready", status: "True", reason: "Fine" } as const;
    expect(setCondition([], input, { now, generation: undefined })[0]).not.toHaveProperty("observedGeneration");
  });
});

test("isTrue and findCondition look at the type", () => {
  const conditions = [condition("A", "True"), condition("B", "Unknown")];
  expect(findCondition(conditions, "B")?.status).toBe("Unknown");
  expect(findCondition(conditions, "C")).toBeUndefined();
  expect([isTrue(conditions, "A"), isTrue(conditions, "B"), isTrue(undefined, "A")]).toEqual([true, false, false]);
});

test.each(["type", "status", "reason", "lastTransitionTime"] as const)(
  "pruneInvalid drops a condition without %s",
  (field) => {
    const valid = condition("Ready", "True");
    expect(pruneInvalid([{ ...valid, [field]: undefined }, valid])).toEqual([valid]);
  },
);

test("pruneInvalid gives a missing message an empty one", () => {
  const { message: _, ...rest } = condition("Ready", "True");
  expect(pruneInvalid([rest])).toEqual([{ ...rest, message: "" }]);
});
