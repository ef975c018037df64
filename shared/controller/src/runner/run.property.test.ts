import { type ConfigMap, configMaps } from "@elemental/api";
import { isKubeError, type Kube } from "@elemental/kube";
import { type MemoryKube, memoryKube } from "@elemental/kube/testing";
import { memoryQueues } from "@elemental/queue";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import type { Controller, Operation } from "../contract.ts";
import { type Fate, flakyKube } from "../testing/flaky-kube.ts";
import { finalizer, type Widget, widget, widgets } from "../testing/widgets.ts";
import { type RunningController, run } from "./run.ts";

const names = ["a", "b"] as const;
type Name = (typeof names)[number];

type Step =
  | { do: "resize"; name: Name; size: number }
  | { do: "label"; name: Name }
  | { do: "delete" | "create"; name: Name }
  | { do: "cut watches" | "forget the past" | "restart" | "let it work" };

const named = fc.constantFrom(...names);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("resize" as const), name: named, size: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("label" as const), name: named }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("delete" as const, "create" as const), name: named }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom("cut watches", "forget the past", "restart", "let it work") }),
  } as { weight: number; arbitrary: fc.Arbitrary<Step> },
);
const failuresOf = fc.array(fc.constantFrom<Fate>("works", "works", "lost", "unanswered"), { maxLength: 30 });

interface Observed {
  object: Widget;
  map: ConfigMap | undefined;
}

/** A controller that also keeps a ConfigMap per widget, which its finalizer cleans up. */
function keeper(kube: Kube, cleaned: Set<string>): Controller<Widget, Observed, string> {
  return {
    name: "keeper",
    type: widgets,
    finalizer,
    observe: async (object) => {
      const [map] = (await kube.list(configMaps)).items.filter(
        ({ metadata }) => metadata.name === object.metadata.name,
      );
      return { object, map };
    },
    reconcile({ object, map }) {
      const { name, uid = "", deletionTimestamp } = object.metadata;
      const key = { namespace: "ns", name };
      if (deletionTimestamp) {
        const operations: Operation<string>[] = [
          { kind: "delete", type: configMaps, key },
          { kind: "external", action: uid },
        ];
        return { operations, finalized: true };
      }
      const size = String(object.spec?.size);
      const wanted = { apiVersion: "v1", kind: "ConfigMap", metadata: key, data: { size } };
      return {
        operations: map?.data?.["size"] === size ? [] : [{ kind: "apply", type: configMaps, object: wanted }],
        status: { phase: "Copied", size: object.spec?.size ?? 0 },
      };
    },
    perform: async (uid) => void cleaned.add(uid),
    failed: (object, error) => ({ ...object.status, phase: "Failed", message: error.message }),
  };
}

async function play(kube: MemoryKube, steps: Step[], restart: () => Promise<void>): Promise<void> {
  for (const current of steps) {
    const key = "name" in current ? { namespace: "ns", name: current.name } : { namespace: "ns", name: "" };
    await act(kube, current, { key, restart }).catch((error: unknown) => {
      if (!isKubeError(error, "NotFound", "AlreadyExists")) throw error;
    });
  }
}

async function act(
  kube: MemoryKube,
  current: Step,
  { key, restart }: { key: { namespace: string; name: string }; restart: () => Promise<void> },
): Promise<void> {
  switch (current.do) {
    case "resize":
      await kube.patch(widgets, key, { type: "merge", body: { spec: { size: current.size } } });
      return;
    case "label":
      await kube.patch(widgets, key, { type: "merge", body: { metadata: { labels: { at: String(Math.random()) } } } });
      return;
    case "delete":
      return kube.delete(widgets, key);
    case "create":
      await kube.create(widgets, widget({ metadata: key }));
      return;
    case "cut watches":
      return kube.cutWatches();
    case "forget the past":
      return kube.compact();
    case "restart":
      return restart();
    default:
      return new Promise((resolve) => setTimeout(resolve, 3));
  }
}

test("whatever fails and whoever interferes, objects converge, finalizers do their work, and rest is rest", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), failuresOf, async (steps, failures) => {
      const kube = memoryKube();
      const cleaned = new Set<string>();
      const finished = new Set<string>();
      const observer = kube.inform(widgets);
      observer.onChange(({ previous, current }) => {
        const uid = previous?.metadata.uid ?? "";
        if (previous?.metadata.finalizers?.includes(finalizer) && !current) finished.add(uid);
        if (previous?.metadata.finalizers?.length && current && !current.metadata.finalizers?.length) finished.add(uid);
      });
      const fates: Fate[] = [];
      const flaky = flakyKube(kube, fates);
      let queues = memoryQueues({ backoff: { baseMs: 1, capMs: 5 } });
      let running: RunningController | undefined;
      let runs = 0;
      const start = async () => {
        queues = memoryQueues({ backoff: { baseMs: 1, capMs: 5 } });
        const reconciled = () => {
          runs += 1;
        };
        const metrics = { reconciled, wrote: () => {} };
        running = run(keeper(kube, cleaned), { kube: flaky, queues, metrics, concurrency: 2, resyncMs: 10 });
        await running.started();
      };
      const stop = async () => {
        await running?.stop();
        await queues.close();
      };
      for (const name of names) await kube.create(widgets, widget({ metadata: { namespace: "ns", name } }));
      await start();
      await converged(kube);
      fates.push(...failures);
      await play(kube, steps, async () => {
        await stop();
        await start();
      });
      fates.length = 0;

      await converged(kube);
      await atRest(kube, () => runs);
      await converged(kube);
      const before = kube.writes.length;
      await resyncs(kube, () => runs);
      expect(kube.writes.slice(before).map(({ verb, type }) => `${verb} ${type.kind}`)).toEqual([]);
      expect([...finished].filter((uid) => !cleaned.has(uid))).toEqual([]);
      await stop();
      await kube.close();
    }),
    { numRuns: 60 },
  );
}, 60_000);

/** Waits until every widget was looked at again. */
async function resyncs(kube: MemoryKube, runs: () => number): Promise<void> {
  const expected = runs() + 2 * (await kube.list(widgets)).items.length;
  await vi.waitFor(() => expect(runs()).toBeGreaterThanOrEqual(expected), { timeout: 5000, interval: 5 });
}

/**
 * Waits for a look at every widget that wrote nothing. A write whose answer was lost may have brought the wanted state
 * already, while its run still has to tell of the failure and to try again.
 */
async function atRest(kube: MemoryKube, runs: () => number): Promise<void> {
  for (let round = 0; round < 20; round++) {
    const before = kube.writes.length;
    await resyncs(kube, runs);
    if (kube.writes.length === before) return;
  }
  throw new Error("objects never come to rest: every look at them writes");
}

async function converged(kube: MemoryKube): Promise<void> {
  await vi.waitFor(() => expectConverged(kube), { timeout: 5000, interval: 2 });
}

async function expectConverged(kube: MemoryKube): Promise<void> {
  const { items } = await kube.list(widgets);
  const maps = new Map((await kube.list(configMaps)).items.map((map) => [map.metadata.name, map.data?.["size"]]));
  for (const { metadata, spec, status } of items) {
    expect(metadata.deletionTimestamp).toBeUndefined();
    expect(metadata.finalizers).toEqual([finalizer]);
    expect(status).toEqual({ phase: "Copied", size: spec?.size });
    expect(maps.get(metadata.name)).toBe(String(spec?.size));
  }
  expect([...maps.keys()].sort()).toEqual(items.map(({ metadata }) => metadata.name).sort());
}
