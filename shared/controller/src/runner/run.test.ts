import { configMaps, type KubeObject, objectKey } from "@elemental/api";
import { type MemoryKube, memoryKube } from "@elemental/kube/testing";
import { memoryQueues, type QueueFactory } from "@elemental/queue";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type Controller, TerminalError } from "../contract.ts";
import { copier, key, type Widget, widget, widgets } from "../testing/widgets.ts";
import { type RunningController, type RunOptions, run } from "./run.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function start(
  kube: MemoryKube,
  controller: Controller<Widget, Widget, string>,
  options: Partial<RunOptions> = {},
): RunningController {
  const queues = memoryQueues({ backoff: { baseMs: 5, capMs: 20 } });
  const running = run(controller, { kube, queues, ...options });
  closers.push(async () => {
    await running.stop();
    await queues.close();
    await kube.close();
  });
  return running;
}

const stored = (kube: MemoryKube) => kube.get(widgets, key);
const resize = (kube: MemoryKube, size: number) =>
  kube.patch(widgets, key, { type: "merge", body: { spec: { size } } });
const expectSize = (kube: MemoryKube, size: number) =>
  vi.waitFor(async () => expect((await stored(kube)).status?.size).toBe(size), { timeout: 5000 });

describe("run", () => {
  test("reconciles what was there, what comes and what changes", async () => {
    const kube = memoryKube();
    await kube.create(widgets, widget({ spec: { size: 3 } }));
    await start(kube, copier()).started();
    await expectSize(kube, 3);
    await resize(kube, 4);
    await expectSize(kube, 4);
  });

  test("C-025 a status-only change does not cause a run", async () => {
    const kube = memoryKube();
    const sizes: (number | undefined)[] = [];
    const observe = async (object: Widget) => {
      sizes.push(object.spec?.size);
      return object;
    };
    await kube.create(widgets, widget());
    await start(kube, copier({ observe, reconcile: () => ({}) })).started();
    await kube.patchStatus(widgets, key, { type: "merge", body: { status: { phase: "from elsewhere" } } });
    await resize(kube, 2);
    await vi.waitFor(() => expect(sizes.at(-1)).toBe(2));
    // One run for the start, at most one for the finalizer it added, one for the new size.
    expect(sizes.length).toBeLessThanOrEqual(3);
  });

  test("a change of a source wakes the objects it concerns", async () => {
    const kube = memoryKube();
    const observed: string[] = [];
    const controller = copier({
      sources: [{ type: configMaps, keysFor: ({ current }) => (current ? [objectKey(current)] : []) }],
      observe: async (object) => {
        observed.push(object.metadata.name);
        return object;
      },
    });
    await start(kube, controller).started();
    await kube.create(widgets, widget());
    await expectSize(kube, 1);
    const before = observed.length;
    const configMap: KubeObject = { apiVersion: "v1", kind: "ConfigMap", metadata: { ...key } };
    await kube.create(configMaps, configMap as never);
    await vi.waitFor(() => expect(observed.length).toBeGreaterThan(before));
  });

  test("waits as asked, and backs off after a failure", async () => {
    const kube = memoryKube();
    let runs = 0;
    const controller = copier({
      reconcile: (object) => {
        runs += 1;
        if (runs === 1) throw new Error("not yet");
        return runs < 4 ? { requeueAfterMs: 1 } : { status: { size: object.spec?.size ?? 0 } };
      },
    });
    await kube.create(widgets, widget({ spec: { size: 7 } }));
    await start(kube, controller).started();
    await expectSize(kube, 7);
  });

  test("a terminal failure rests until the object changes", async () => {
    const kube = memoryKube();
    const controller = copier({
      reconcile: (object) => {
        if (object.spec?.size === 1) throw new TerminalError("size 1 is not sold");
        return { status: { size: object.spec?.size ?? 0 } };
      },
    });
    await kube.create(widgets, widget());
    await start(kube, controller).started();
    await vi.waitFor(async () => expect((await stored(kube)).status?.phase).toBe("Failed"));
    await resize(kube, 2);
    await expectSize(kube, 2);
  });

  test("a resync of settled objects writes nothing", async () => {
    const kube = memoryKube();
    let runs = 0;
    const observe = async (object: Widget) => {
      runs += 1;
      return object;
    };
    for (const name of ["a", "b", "c"]) await kube.create(widgets, widget({ metadata: { namespace: "ns", name } }));
    await start(kube, copier({ observe }), { resyncMs: 20 }).started();
    await vi.waitFor(() => expect(kube.writes.length).toBe(9));
    const before = runs;
    await vi.waitFor(() => expect(runs).toBeGreaterThan(before + 9));
    expect(kube.writes.length).toBe(9);
  });

  test("a lost watch loses no change", async () => {
    const kube = memoryKube();
    await kube.create(widgets, widget());
    await start(kube, copier()).started();
    await expectSize(kube, 1);
    kube.cutWatches();
    await resize(kube, 2);
    kube.compact();
    await expectSize(kube, 2);
  });

  test("a deleted object is released", async () => {
    const kube = memoryKube();
    await kube.create(widgets, widget());
    await start(kube, copier()).started();
    await expectSize(kube, 1);
    await kube.delete(widgets, key);
    await vi.waitFor(async () => expect((await kube.list(widgets)).items).toEqual([]));
  });

  test("several runners of one queue keep to it: every change is reconciled, conflicts are not failures", async () => {
    const kube = memoryKube();
    const queues = memoryQueues();
    const errors: string[] = [];
    const logger = {
      debug() {},
      info() {},
      warn() {},
      error: (_fields: object, message: string) => void errors.push(message),
    };
    for (let replica = 0; replica < 3; replica += 1) {
      const running = run(copier(), { kube, queues, logger });
      closers.push(() => running.stop());
      await running.started();
    }
    await kube.create(widgets, widget());
    for (let size = 2; size < 20; size += 1) {
      await resize(kube, size);
      if (size % 5 === 0) await expectSize(kube, size);
    }
    await expectSize(kube, 19);
    expect(errors).toEqual([]);
    await queues.close();
  });
});

describe("without the work queue's store", () => {
  function breakable(): QueueFactory & { reachable: boolean } {
    const inner = memoryQueues();
    const factory = {
      reachable: true,
      healthy: async () => factory.reachable,
      close: () => inner.close(),
      queue: (name: string) => {
        const queue = inner.queue(name);
        return Object.assign(Object.create(queue), {
          name,
          // What a store that is gone has in it is lost.
          add: async (item: string, reason: string) => (factory.reachable ? queue.add(item, reason) : undefined),
          process: queue.process.bind(queue),
        });
      },
    };
    return factory;
  }

  test("work goes on in the process, and back in the queue when it is there again", async () => {
    const kube = memoryKube();
    const queues = breakable();
    const moves: string[] = [];
    const logger = {
      debug() {},
      info() {},
      error() {},
      warn: (_fields: object, message: string) => void moves.push(message),
    };
    await kube.create(widgets, widget());
    await start(kube, copier(), { queues, logger, queueCheckMs: 10 }).started();
    await expectSize(kube, 1);
    queues.reachable = false;
    await resize(kube, 2);
    await expectSize(kube, 2);
    await resize(kube, 3);
    await expectSize(kube, 3);
    queues.reachable = true;
    await vi.waitFor(() => expect(moves).toHaveLength(2));
    await resize(kube, 4);
    await expectSize(kube, 4);
  });
});
