import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { restViolations, Watchdog } from "./invariants.ts";
import { perform, picker, type Step, step } from "./steps.ts";
import { World } from "./world.ts";

const seed = Number(process.env["INTERLEAVINGS_SEED"] ?? 20_260_101);
const numRuns = Number(process.env["INTERLEAVINGS_RUNS"] ?? 300);
// On a busy machine there are fewer runs, and a failure is not made as small.
const mostMs = Number(process.env["INTERLEAVINGS_MS"] ?? 18_000);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 0, 1) });
  vi.spyOn(Math, "random").mockReturnValue(0.5);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** A run that goes on without its lock may write an older status last, which the next resync mends. */
function leavesLateWrites(step: Step): boolean {
  return step.do === "lose lock" || step.do === "crash" || (step.do === "work" && step.fate === "late");
}

/** Everything that was wrong while the steps were done and after everything came to rest. */
async function play(steps: Step[], settling: number): Promise<string[]> {
  const world = new World();
  const watchdog = new Watchdog(world);
  try {
    await world.start("p1");
    await world.start("p2");
    for (const current of steps) await perform(world, current);
    if (world.processes.length === 0) await world.start("p1");
    await world.settle(picker(settling));
    if (steps.some(leavesLateWrites)) {
      world.queues.resync();
      await world.settle(picker(settling));
    }
    const before = world.kube.writes.length;
    world.queues.resync();
    await world.exhaust(picker(settling));
    const needless = world.kube.writes
      .slice(before)
      .map(({ verb, type, key }) => `needless ${verb} ${type.plural} ${key.name}`);
    return [...watchdog.violations, ...world.loggedConflicts, ...(await restViolations(world.kube)), ...needless];
  } finally {
    await world.stop();
  }
}

test("whatever fails, crashes and interferes: nothing is adopted twice, no reset is lost, and rest is rest", async () => {
  const steps = fc.array(step, { minLength: 5, maxLength: 60, size: "max" });
  const property = fc.asyncProperty(steps, fc.nat(), async (steps, settling) => {
    expect(await play(steps, settling)).toEqual([]);
  });
  await fc.assert(property, { seed, numRuns, interruptAfterTimeLimit: mostMs });
});
