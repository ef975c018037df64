import { setImmediate as turn } from "node:timers/promises";
import { startInventoryController } from "@elemental/inventory-controller";
import { isKubeError } from "@elemental/kube";
import { type MemoryKube, memoryKube } from "@elemental/kube/testing";
import { start as startSelectorController } from "@elemental/selector-controller";
import { ownSettings } from "@elemental/settings";
import { vi } from "vitest";
import { Agents } from "./agents.ts";
import { Deliveries } from "./deliveries.ts";
import { Requests } from "./requests.ts";
import { SharedQueues } from "./shared-queues.ts";

const ipam = "ipam.cluster.x-k8s.io";
/** Rounds of settling after which a world is taken for restless. */
const mostRounds = 2_000;
/** Longer than every wait of a controller. */
const quietMs = 180_000;

/** Picks one of `choices`, from 0. */
export type Pick = (choices: number) => number;

/**
 * An API in memory, the processes of the services on it, and everything between them in the hands of a test: when a run
 * begins, what becomes of a request, when an event arrives, what time it is.
 */
export class World {
  readonly kube: MemoryKube = memoryKube({
    garbage: "on demand",
    now: () => new Date(),
    serves: ({ group }) => group !== ipam,
  });
  readonly requests = new Requests();
  readonly deliveries = new Deliveries();
  readonly queues = new SharedQueues();
  readonly agents = new Agents(this.kube);
  /** What the services logged as errors because of a conflict. */
  readonly loggedConflicts: string[] = [];
  readonly #processes = new Map<string, { stop(): Promise<void> }>();

  /** Starts a process with all controllers. */
  async start(name: string): Promise<void> {
    const kube = this.kube.client({
      send: (call, perform) => this.requests.send(name, call, perform),
      delivery: () => this.deliveries.wait(name),
    });
    const queues = this.queues.factory(name);
    const settings = ownSettings({ serverUrl: "https://r.example", caCert: undefined, strictTls: true });
    const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: (fields: object) => this.#logged(fields) };
    const inventories = await startInventoryController({ kube, queues, settings, logger });
    const selectors = await startSelectorController({ kube, queues, logger });
    this.#processes.set(name, { stop: async () => void (await Promise.all([inventories.stop(), selectors.stop()])) });
    await turn();
  }

  /** Ends a process without a word; what it sent may still arrive. */
  crash(name: string): void {
    this.queues.crash(name);
    this.requests.abandon(name);
    this.deliveries.abandon(name);
    void this.#processes.get(name)?.stop();
    this.#processes.delete(name);
  }

  get processes(): string[] {
    return [...this.#processes.keys()];
  }

  pass(ms: number): void {
    vi.setSystemTime(Date.now() + ms);
  }

  /** Does one of the things that can happen by themselves; false when nothing can. No event reaches `lagging`. */
  async proceed(pick: Pick, lagging?: string): Promise<boolean> {
    const { requests, deliveries, queues } = this;
    const { ready } = queues;
    const events = deliveries.count(lagging);
    const possible = ready.length + requests.count + events;
    if (possible === 0) return false;
    const choice = pick(possible);
    if (choice < ready.length) queues.run(ready[choice] ?? "", pick(8));
    else if (choice < ready.length + requests.count) await requests.meet(choice - ready.length, "works");
    else deliveries.deliver(choice - ready.length - requests.count, lagging);
    await turn();
    return true;
  }

  /** Lets everything work until nothing is written any more. */
  async settle(pick: Pick): Promise<void> {
    let [writes, quietSince] = [-1, Date.now()];
    for (let round = 0; round < mostRounds; round++) {
      await this.exhaust(pick);
      this.kube.collectGarbage();
      await this.agents.work();
      if (writes !== this.kube.writes.length) [writes, quietSince] = [this.kube.writes.length, Date.now()];
      else if (Date.now() - quietSince > quietMs) return;
      else
        this.pass(
          Math.max(1, Math.min(this.queues.nextDue ?? Number.POSITIVE_INFINITY, Date.now() + 10_000) - Date.now()),
        );
    }
    throw new Error("the world never comes to rest");
  }

  /** Proceeds until nothing can happen without time passing. */
  async exhaust(pick: Pick): Promise<void> {
    while (await this.proceed(pick));
  }

  async stop(): Promise<void> {
    for (const name of this.processes) this.crash(name);
    await this.kube.close();
  }

  #logged(fields: object): void {
    const { error } = fields as { error?: unknown };
    if (isKubeError(error, "Conflict")) this.loggedConflicts.push(error.message);
  }
}
