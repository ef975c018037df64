import { expect, test } from "vitest";
import { type Harness, hour, patient, settled } from "./harness.ts";
import { Recorder } from "./recorder.ts";

export function waiting(harness: Harness): void {
  test("a key runs again after the time it asked for, without a failure", async () => {
    const { queue, recorder } = harness.start(patient);
    await queue.add("ns/a", "event");
    (await recorder.run(0)).succeed({ requeueAfterMs: 30 });
    (await recorder.run(1)).succeed();
    await settled(queue);
    expect(recorder.items.map((item) => item.failures)).toEqual([0, 0]);
  });

  test("an event during the wait runs at once", async () => {
    const { queue, recorder } = harness.start(patient);
    await queue.add("ns/a", "event");
    (await recorder.run(0)).succeed({ requeueAfterMs: hour });
    await settled(queue, { delayed: 1 });
    await queue.add("ns/a", "changed");
    (await recorder.run(1)).succeed();
  });

  test("a newer wait replaces the older one", async () => {
    const { queue, recorder } = harness.start(patient);
    await queue.add("ns/a", "event");
    (await recorder.run(0)).succeed({ requeueAfterMs: hour });
    await settled(queue, { delayed: 1 });
    await queue.add("ns/a", "changed");
    (await recorder.run(1)).succeed({ requeueAfterMs: 20 });
    (await recorder.run(2)).succeed();
    await settled(queue);
  });

  test("a wait set by the run of a timer is kept", async () => {
    const { queue, recorder } = harness.start(patient);
    await queue.add("ns/a", "event");
    for (let index = 0; index < 10; index++) (await recorder.run(index)).succeed({ requeueAfterMs: 1 });
    (await recorder.run(10)).succeed();
  });

  test("an event during a run that then waits is not lost in the wait", async () => {
    const { queue, recorder } = harness.start(patient);
    await queue.add("ns/a", "event");
    const first = await recorder.run(0);
    await queue.add("ns/a", "changed");
    first.succeed({ requeueAfterMs: hour });
    (await recorder.run(1)).succeed();
  });

  test("a resync queues every key, again and again", async () => {
    const { queue, worker } = harness.start(patient);
    await worker.close();
    const recorder = new Recorder();
    queue.process(recorder.handler, { concurrency: 4, resync: { everyMs: 100, keys: () => ["ns/a", "ns/b"] } });
    for (let index = 0; index < 4; index++) (await recorder.run(index)).succeed();
    expect(recorder.items.map((item) => item.key).sort()).toEqual(["ns/a", "ns/a", "ns/b", "ns/b"]);
  });
}
