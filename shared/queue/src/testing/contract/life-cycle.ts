import { expect, test, vi } from "vitest";
import { type Harness, patient, settled } from "./harness.ts";
import { Recorder } from "./recorder.ts";

export function lifeCycle(harness: Harness): void {
  test("closing a worker waits for its runs and takes no more keys", async () => {
    const { queue, recorder, worker } = harness.start(patient, 1);
    await queue.add("ns/a", "event");
    await queue.add("ns/b", "event");
    const first = await recorder.run(0);
    let closed = false;
    const closing = worker.close().then(() => {
      closed = true;
    });
    await settled(queue, { waiting: 1, active: 1 });
    expect(closed).toBe(false);
    first.succeed();
    await closing;
    await settled(queue, { waiting: 1 });
    expect(recorder.runs).toHaveLength(1);
    const successor = new Recorder();
    queue.process(successor.handler, { concurrency: 1 });
    expect((await successor.run(0)).item.key).toBe("ns/b");
    successor.runs[0]?.succeed();
  });

  test("a queue of one name is one queue, and the factory is healthy", async () => {
    const { factory, queue } = harness.start(patient);
    expect(factory.queue("things")).toBe(queue);
    expect(factory.queue("others")).not.toBe(queue);
    await vi.waitFor(async () => expect(await factory.healthy()).toBe(true));
  });
}
