import { expect, test } from "vitest";
import { parseMetrics, total } from "./metrics.ts";

test("reads samples with and without labels, and adds up those that are wanted", () => {
  const samples = parseMetrics(`# HELP a_total Help
# TYPE a_total counter
a_total{method="GET",resource="secrets"} 3
a_total{method="POST",resource=""} 4
a_total{method="POST",text="quoted \\"x\\", comma"} 1
b_bytes 1.5e+3
`);
  expect(samples).toHaveLength(4);
  expect(total(samples, "a_total")).toBe(8);
  expect(total(samples, "a_total", ({ method }) => method === "POST")).toBe(5);
  expect(total(samples, "b_bytes")).toBe(1500);
  expect(total(samples, "c")).toBe(0);
});
