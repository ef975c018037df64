import { expect, test } from "vitest";
import { type Harness, patient, quick, settled } from "./harness.ts";

export function failures(harness: Harness): void {
  test("a failing key runs again with its count, and a success forgets it", async () => {
    const { queue, recorder } = harness.start(quick);
    await queue.add("ns/a", "event");
    (await recorder.run(0)).fail();
    (await recorder.run(1)).fail();
    (await recorder.run(2)).succeed();
    await settled(queue);
    await queue.add("ns/a", "event");
    (await recorder.run(3)).succeed();
    expect(recorder.items.map((item) => item.failures)).toEqual([0, 1, 2, 0]);
  });

  test("a handler that throws at once fails like any other", async () => {
    const { queue, worker } = harness.start(patient);
    await worker.close();
    queue.process(
      () => {
        throw new Error("told to fail");
      },
      { concurrency: 1 },
    );
    await queue.add("ns/a", "event");
    await settled(queue, { delayed: 1 });
  });

  test("a key in backoff waits", async () => {
    const { queue, recorder } = harness.start(patient);
    await queue.add("ns/a", "event");
    (await recorder.run(0)).fail();
    await settled(queue, { delayed: 1 });
    expect(recorder.runs).toHaveLength(1);
  });

  test("an event during backoff runs at once, once, and keeps the count", async () => {
    const { queue, recorder } = harness.start(patient);
    await queue.add("ns/a", "event");
    (await recorder.run(0)).fail();
    await settled(queue, { delayed: 1 });
    await queue.add("ns/a", "changed");
    (await recorder.run(1)).succeed();
    await settled(queue);
    expect(recorder.items.map((item) => item.failures)).toEqual([0, 1]);
  });

  test("events during a run that fails give exactly one follow-up, at once", async () => {
    const { queue, recorder } = harness.start(patient);
    await queue.add("ns/a", "event");
    const first = await recorder.run(0);
    for (let event = 0; event < 3; event++) await queue.add("ns/a", "changed");
    first.fail();
    (await recorder.run(1)).succeed();
    await settled(queue);
    expect(recorder.items.map((item) => item.failures)).toEqual([0, 1]);
  });
}
