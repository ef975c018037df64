import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import type { WorkHandler } from "../../port.ts";
import { type Harness, patient, quick, settled } from "./harness.ts";

export function oneRunPerKey(harness: Harness): void {
  test("a key runs with its reason and no failures", async () => {
    const { queue, recorder } = harness.start(patient);
    await queue.add("ns/a", "created");
    (await recorder.run(0)).succeed();
    await settled(queue);
    expect(recorder.items).toEqual([{ key: "ns/a", reason: "created", failures: 0 }]);
  });

  test("events before a run are one run", async () => {
    const { queue, recorder } = harness.start(patient, 1);
    await queue.add("ns/blocker", "event");
    await recorder.run(0);
    for (let event = 0; event < 5; event++) await queue.add("ns/a", `event ${event}`);
    await settled(queue, { waiting: 1, active: 1 });
    recorder.runs[0]?.succeed();
    (await recorder.run(1)).succeed();
    await settled(queue);
    expect(recorder.items.map((item) => item.key)).toEqual(["ns/blocker", "ns/a"]);
  });

  test("events during a run give exactly one follow-up, after it", async () => {
    const { queue, recorder } = harness.start(patient);
    await queue.add("ns/a", "first");
    const first = await recorder.run(0);
    for (let event = 0; event < 5; event++) await queue.add("ns/a", `event ${event}`);
    expect(recorder.runs).toHaveLength(1);
    first.succeed();
    (await recorder.run(1)).succeed();
    await settled(queue);
    expect(recorder.runs).toHaveLength(2);
    expect(recorder.overlaps).toEqual([]);
  });

  test("two workers never run one key at once", async () => {
    const { queue, recorder } = harness.start(patient);
    queue.process(recorder.handler, { concurrency: 4 });
    await queue.add("ns/a", "first");
    const first = await recorder.run(0);
    await queue.add("ns/a", "second");
    await queue.add("ns/b", "first");
    const second = await recorder.run(1);
    expect(second.item.key).toBe("ns/b");
    second.succeed();
    first.succeed();
    (await recorder.run(2)).succeed();
    await settled(queue);
    expect(recorder.overlaps).toEqual([]);
  });

  test("different keys run at once, up to the concurrency", async () => {
    const { queue, recorder } = harness.start(patient, 3);
    for (const name of ["a", "b", "c", "d", "e"]) await queue.add(`ns/${name}`, "event");
    await recorder.run(2);
    await settled(queue, { waiting: 2, active: 3 });
    for (let index = 0; index < 5; index++) (await recorder.run(index)).succeed();
  });

  test("any interleaving of events and failures runs each key once more after its last event", async () => {
    const { queue, recorder, worker } = harness.start(quick);
    await worker.close();
    const events = new Map<string, number>();
    const seen = new Map<string, number>();
    const handler: WorkHandler = async (item) => {
      seen.set(item.key, events.get(item.key) ?? 0);
      const ended = recorder.handler(item);
      await delay(Math.random() * 5);
      const run = recorder.runs.find((candidate) => candidate.item === item);
      if (Math.random() < 0.3) run?.fail();
      else run?.succeed();
      return ended;
    };
    for (let workers = 0; workers < 2; workers++) queue.process(handler, { concurrency: 3 });
    for (let event = 0; event < 300; event++) {
      const key = `ns/${Math.floor(Math.random() * 5)}`;
      events.set(key, (events.get(key) ?? 0) + 1);
      await queue.add(key, "event");
      if (event % 10 === 0) await delay(Math.random() * 5);
    }
    await settled(queue);
    expect(seen).toEqual(events);
    expect(recorder.overlaps).toEqual([]);
  });
}
