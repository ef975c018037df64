import { expect, test } from "vitest";
import { percentile } from "./percentile.ts";
import { processUsage } from "./process-usage.ts";
import { forEach } from "./workers.ts";

test.each([
  [[1, 2, 3, 4], 0.5, 2],
  [[1, 2, 3, 4], 0.99, 4],
  [[7], 0.01, 7],
  [[], 0.5, undefined],
])("of %j the share %d is %j", (sorted, share, expected) => {
  expect(percentile(sorted, share)).toBe(expected);
});

test("reads what this process used, and nothing of one that is gone", () => {
  const { cpuSeconds, rssMb, peakRssMb } = processUsage(process.pid);
  expect(cpuSeconds).toBeGreaterThan(0);
  expect(rssMb).toBeGreaterThan(10);
  expect(peakRssMb).toBeGreaterThanOrEqual(rssMb);
  expect(processUsage(2 ** 30)).toEqual({ cpuSeconds: 0, rssMb: 0, peakRssMb: 0 });
});

test("works on every item once, never on more at once than told", async () => {
  const seen: string[] = [];
  let [running, most] = [0, 0];
  await forEach(["a", "b", "c", "d"], 2, async (item, index) => {
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running--;
    seen.push(`${item}${index}`);
  });
  expect(seen.sort()).toEqual(["a0", "b1", "c2", "d3"]);
  expect(most).toBe(2);
  await expect(forEach([1], 1, () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
});
