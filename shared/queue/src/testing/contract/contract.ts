import { describe } from "vitest";
import type { Backoff } from "../../backoff.ts";
import type { QueueFactory } from "../../port.ts";
import { failures } from "./failures.ts";
import { harness } from "./harness.ts";
import { lifeCycle } from "./life-cycle.ts";
import { oneRunPerKey } from "./one-run-per-key.ts";
import { waiting } from "./waiting.ts";

/** What every implementation of the work queue does. `open` makes a factory whose queues nobody else uses. */
export function workQueueContract(implementation: string, open: (backoff: Backoff) => QueueFactory): void {
  describe(`work queue ${implementation}`, () => {
    const queues = harness(open);
    describe("one run per key", () => oneRunPerKey(queues));
    describe("failures", () => failures(queues));
    describe("waiting", () => waiting(queues));
    describe("life cycle", () => lifeCycle(queues));
  });
}
