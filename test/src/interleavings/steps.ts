import {
  annotations,
  apiVersion,
  finalizers,
  machineInventories,
  machineInventorySelectors,
  machineRegistrations,
  machines,
  type ResourceType,
  secrets,
} from "@elemental/api";
import { isKubeError, type Kube } from "@elemental/kube";
import fc from "fast-check";
import type { Fate } from "./requests.ts";
import type { Pick, World } from "./world.ts";

const processNames = ["p1", "p2", "p3"] as const;
const names = ["1", "2", "3"] as const;
const spaces = ["a", "a", "a", "b"] as const;
const sites = ["x", "x", "y"] as const;

const name = fc.constantFrom(...names);
const namespace = fc.constantFrom(...spaces);
const site = fc.constantFrom(...sites);
const kinds: Record<"inventory" | "selector" | "registration", ResourceType> = {
  inventory: machineInventories,
  selector: machineInventorySelectors,
  registration: machineRegistrations,
};
const kind = fc.constantFrom("inventory", "inventory", "selector", "selector", "registration" as const);
const target = { kind, namespace, name };

/** What users, agents and misfortune do, and how much work is done meanwhile. */
export type Step =
  | { do: "work"; seed: number; count: number; lagging: string; fate: Fate }
  | { do: "create"; kind: keyof typeof kinds; namespace: string; name: string; site: string; resettable: boolean }
  | { do: "delete"; kind: keyof typeof kinds; namespace: string; name: string }
  | { do: "label"; namespace: string; name: string; site: string }
  | { do: "pause"; kind: keyof typeof kinds; namespace: string; name: string; paused: boolean }
  | { do: "keep"; namespace: string; name: string; resettable: boolean }
  | { do: "declare gone"; namespace: string; name: string }
  | { do: "agent"; seed: number; reads: boolean; succeeds: boolean }
  | { do: "crash" | "start"; process: string }
  | { do: "pass"; seconds: number }
  | { do: "lose lock"; seed: number }
  | { do: "cut watches" | "forget the past" | "flush queues" | "resync" | "collect garbage" };

const is = <T extends string>(what: T) => fc.constant(what);
const seed = fc.nat();

export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 14,
    arbitrary: fc.record({
      do: is("work"),
      seed,
      count: fc.integer({ min: 1, max: 40 }),
      lagging: fc.constantFrom("nobody", ...processNames),
      fate: fc.constantFrom<Fate>("works", "works", "works", "refused", "conflict", "unanswered", "late"),
    }),
  },
  { weight: 9, arbitrary: fc.record({ do: is("create"), ...target, site, resettable: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: is("delete"), ...target }) },
  { weight: 3, arbitrary: fc.record({ do: is("label"), namespace, name, site }) },
  { weight: 1, arbitrary: fc.record({ do: is("pause"), ...target, paused: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: is("keep"), namespace, name, resettable: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: is("declare gone"), namespace, name }) },
  { weight: 3, arbitrary: fc.record({ do: is("agent"), seed, reads: fc.boolean(), succeeds: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom("crash", "start"), process: fc.constantFrom(...processNames) }),
  },
  { weight: 2, arbitrary: fc.record({ do: is("pass"), seconds: fc.constantFrom(1, 5, 31, 61) }) },
  { weight: 2, arbitrary: fc.record({ do: is("lose lock"), seed }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("cut watches", "forget the past", "flush queues", "resync", "collect garbage"),
    }),
  },
) as fc.Arbitrary<Step>;

/** The same picks for the same seed. */
export function picker(seed: number): Pick {
  let state = seed;
  return (choices) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % choices;
  };
}

/** Does the step; what a user is refused is not an error. */
export async function perform(world: World, current: Step): Promise<void> {
  try {
    await act(world, current);
  } catch (error) {
    if (!isKubeError(error, "NotFound", "AlreadyExists")) throw error;
  }
}

async function act(world: World, current: Step): Promise<void> {
  switch (current.do) {
    case "work":
      return work(world, current);
    case "create":
      return create(world.kube, current);
    case "delete":
      return world.kube.delete(kinds[current.kind], keyOf(current));
    case "label":
      return merge(world.kube, machineInventories, current, { labels: { site: current.site } });
    case "pause":
      return merge(world.kube, kinds[current.kind], current, {
        annotations: { [annotations.paused]: current.paused ? "true" : null },
      });
    case "keep":
      return merge(world.kube, machineInventories, current, {
        annotations: { [annotations.resettable]: String(current.resettable) },
      });
    case "declare gone":
      return merge(world.kube, machineInventories, current, { annotations: { [annotations.machineGone]: "true" } });
    default:
      return misfortune(world, current);
  }
}

type Other = Exclude<Step, { do: "work" | "create" | "delete" | "label" | "pause" | "keep" | "declare gone" }>;

async function misfortune(world: World, current: Other): Promise<void> {
  switch (current.do) {
    case "agent":
      if (current.reads) return world.agents.read(picker(current.seed));
      return world.agents.report(picker(current.seed), current.succeeds);
    case "crash":
      return world.processes.includes(current.process) ? world.crash(current.process) : undefined;
    case "start":
      return world.processes.includes(current.process) ? undefined : world.start(current.process);
    case "pass":
      return world.pass(current.seconds * 1000);
    case "lose lock": {
      const { running } = world.queues;
      return world.queues.loseLock(running[picker(current.seed)(running.length || 1)] ?? "");
    }
    case "cut watches":
      return world.kube.cutWatches();
    case "forget the past":
      return world.kube.compact();
    case "flush queues":
      return world.queues.flush();
    case "resync":
      return world.queues.resync();
    case "collect garbage":
      return world.kube.collectGarbage();
  }
}

/** Some things happen, and the last request meets a fate of its own. */
async function work(world: World, { seed, count, lagging, fate }: Extract<Step, { do: "work" }>): Promise<void> {
  const pick = picker(seed);
  for (let done = 0; done < count; done++) await world.proceed(pick, lagging);
  if (world.requests.count > 0) await world.requests.meet(pick(world.requests.count), fate);
}

async function create(kube: Kube, current: Extract<Step, { do: "create" }>): Promise<void> {
  const { site, resettable } = current;
  const metadata = keyOf(current);
  switch (current.kind) {
    case "registration":
      await kube.create(machineRegistrations, { apiVersion, kind: "MachineRegistration", metadata, spec: {} });
      return;
    case "inventory":
      // As the door creates it.
      await kube.create(machineInventories, {
        apiVersion,
        kind: "MachineInventory",
        metadata: {
          ...metadata,
          labels: { site },
          annotations: { [annotations.resettable]: String(resettable) },
          finalizers: [finalizers.machineInventory],
        },
        spec: { tpmHash: metadata.name },
      });
      return;
    case "selector":
      await kube.create(machineInventorySelectors, {
        apiVersion,
        kind: "MachineInventorySelector",
        metadata: { ...metadata, ownerReferences: [await machine(kube, metadata)] },
        spec: { selector: { matchLabels: { site } } },
      });
  }
}

/** The Machine of a selector, and its bootstrap data. */
async function machine(kube: Kube, metadata: { namespace: string; name: string }) {
  const type = machines("v1beta2");
  const dataSecretName = `${metadata.name}-bootstrap`;
  const apiVersion = "cluster.x-k8s.io/v1beta2";
  const spec = { clusterName: "c", bootstrap: { dataSecretName } };
  const secret = { ...metadata, name: dataSecretName };
  const data = { value: Buffer.from(metadata.name).toString("base64") };
  await orExisting(kube.create(secrets, { apiVersion: "v1", kind: "Secret", metadata: secret, data }));
  await orExisting(kube.create(type, { apiVersion, kind: "Machine", metadata, spec }));
  const { uid = "" } = (await kube.get(type, metadata)).metadata;
  return { apiVersion, kind: "Machine", name: metadata.name, uid, controller: true };
}

async function orExisting(creation: Promise<unknown>): Promise<void> {
  await creation.catch((error: unknown) => {
    if (!isKubeError(error, "AlreadyExists")) throw error;
  });
}

async function merge(
  kube: Kube,
  type: ResourceType,
  target: { namespace: string; name: string },
  metadata: object,
): Promise<void> {
  await kube.patch(type, keyOf(target), { type: "merge", body: { metadata } });
}

function keyOf({ namespace, name }: { namespace: string; name: string }) {
  return { namespace, name };
}
