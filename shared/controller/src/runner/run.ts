import { formatKey, type KubeObject, type ObjectKey, objectKey, parseKey } from "@elemental/api";
import type { Change, Informer, Kube } from "@elemental/kube";
import type { QueueFactory, WorkItem } from "@elemental/queue";
import type { Controller, Source } from "../contract.ts";
import { type Execution, execute } from "../executor/execution.ts";
import type { ControllerMetrics, Logger } from "../ports.ts";
import { FreshReader } from "./freshness.ts";
import { type FallbackQueue, startWithFallback } from "./local-fallback.ts";
import { contentChanged } from "./relevance.ts";

export interface RunOptions {
  kube: Kube;
  queues: QueueFactory;
  logger?: Logger;
  metrics?: ControllerMetrics;
  now?(): Date;
  /** Runs at once in this process; default 32. */
  concurrency?: number;
  /** How often every object is looked at although nothing happened; default 10 minutes. */
  resyncMs?: number;
  /** How often the work queue is asked whether it can be reached; after three failures work goes on without it. */
  queueCheckMs?: number;
}

export interface RunningController {
  /** Resolves when the caches are filled and work has begun. */
  started(): Promise<void>;
  /** Takes no more work and resolves when the runs under way have ended. */
  stop(): Promise<void>;
}

/** Starts a controller: watches its kind and its sources, and reconciles what they say through the work queue. */
export function run<P extends KubeObject & { status?: unknown }, O, X>(
  controller: Controller<P, O, X>,
  options: RunOptions,
): RunningController {
  const runner = new Runner(controller, options);
  const started = runner.start();
  // Whoever does not wait for the start still learns of its failure here.
  started.catch((error: unknown) => options.logger?.error({ controller: controller.name, error }, "cannot start"));
  return { started: () => started, stop: () => runner.stop() };
}

/** A conflict is decided anew at once, from the object as the API server has it; repeated ones wait longer. */
const conflictDelayMs = { first: 10, most: 2_000 };

class Runner<P extends KubeObject & { status?: unknown }, O, X> {
  readonly #controller: Controller<P, O, X>;
  readonly #options: RunOptions;
  readonly #primary: Informer<P>;
  readonly #sources: { source: Source; informer: Informer<KubeObject> }[];
  readonly #reader: FreshReader<P>;
  readonly #conflicts = new Map<string, number>();
  #queue: FallbackQueue | undefined;
  #stopped = false;

  constructor(controller: Controller<P, O, X>, options: RunOptions) {
    const { kube } = options;
    this.#controller = controller;
    this.#options = options;
    this.#primary = kube.inform(controller.type);
    this.#sources = (controller.sources ?? []).map((source) => {
      const { type, labelSelector, fieldSelector } = source;
      const selection = { ...(labelSelector && { labelSelector }), ...(fieldSelector && { fieldSelector }) };
      return { source, informer: kube.inform(type, selection) };
    });
    this.#reader = new FreshReader(kube, controller.type, this.#primary);
  }

  async start(): Promise<void> {
    this.#primary.onChange((change) => this.#primaryChanged(change));
    for (const { source, informer } of this.#sources) {
      informer.onChange((change) => this.#sourceChanged(source, change));
    }
    await Promise.all([this.#primary, ...this.#sources.map(({ informer }) => informer)].map((i) => i.synced()));
    if (this.#stopped) return;
    await this.#expectServed();
    const { queues, concurrency = 32, resyncMs = 600_000, queueCheckMs } = this.#options;
    const { name } = this.#controller;
    this.#queue = startWithFallback({
      queues,
      name,
      handler: (item) => this.#handle(item),
      process: { concurrency, resync: { everyMs: resyncMs, keys: () => this.#keys() } },
      checkMs: queueCheckMs,
      moved: (local) => this.#moved(local),
    });
    for (const key of this.#keys()) this.#queue.add(key, "start");
  }

  async #expectServed(): Promise<void> {
    const { kube, logger } = this.#options;
    const { name, type } = this.#controller;
    if (await kube.serves(type)) return;
    logger?.warn({ controller: name }, `${type.kind} is not served yet: are the resource definitions installed?`);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#primary.stop();
    for (const { informer } of this.#sources) informer.stop();
    await this.#queue?.close();
  }

  *#keys(): Iterable<string> {
    for (const object of this.#primary.list()) yield formatKey(objectKey(object));
  }

  #primaryChanged({ previous, current }: Change<P>): void {
    const object = current ?? previous;
    if (!object) return;
    const key = objectKey(object);
    this.#reader.cached(key, current);
    if (!current) this.#conflicts.delete(formatKey(key));
    else if (!previous) this.#add(key, "added");
    else if (this.#isRelevant(previous, current)) this.#add(key, "changed");
  }

  #isRelevant(previous: P, current: P): boolean {
    if (previous.metadata.uid !== current.metadata.uid) return true;
    return this.#controller.relevant?.(previous, current) ?? contentChanged(previous, current);
  }

  #sourceChanged(source: Source, change: Change<KubeObject>): void {
    const object = change.current ?? change.previous;
    for (const key of source.keysFor(change)) {
      this.#add(key, `${source.type.kind} ${object ? formatKey(objectKey(object)) : ""}`);
    }
  }

  // Before the start the caches are filling; the start queues everything.
  #add(key: ObjectKey, reason: string): void {
    this.#queue?.add(formatKey(key), reason);
  }

  async #handle(item: WorkItem): Promise<{ requeueAfterMs?: number } | undefined> {
    const began = performance.now();
    const execution = await this.#run(item);
    const seconds = (performance.now() - began) / 1000;
    this.#options.metrics?.reconciled(this.#controller.name, execution.result, seconds);
    return this.#conclude(item, execution);
  }

  async #run(item: WorkItem): Promise<Execution> {
    const { kube, metrics, now = () => new Date() } = this.#options;
    const { name } = this.#controller;
    try {
      const object = await this.#reader.read(parseKey(item.key));
      if (!object) return { result: "gone" };
      const context = {
        kube,
        now,
        wrote: (verb: string) => metrics?.wrote(name, verb),
        written: (written: KubeObject) => this.#reader.written(written),
        report: (error: unknown) =>
          this.#options.logger?.warn({ controller: name, key: item.key, error }, "status lost"),
      };
      return await execute(this.#controller, context, object);
    } catch (error) {
      return { result: "error", error: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  #conclude(item: WorkItem, execution: Execution): { requeueAfterMs?: number } | undefined {
    const { logger } = this.#options;
    const fields = { controller: this.#controller.name, key: item.key, reason: item.reason };
    if (execution.result === "conflict") return { requeueAfterMs: this.#conflictDelay(item.key) };
    this.#conflicts.delete(item.key);
    switch (execution.result) {
      case "requeue":
        return { requeueAfterMs: execution.afterMs };
      case "terminal":
        logger?.warn({ ...fields, error: execution.error }, "failed, waiting for a change");
        return undefined;
      case "error":
        logger?.error({ ...fields, failures: item.failures, error: execution.error }, "failed, retrying");
        throw execution.error;
      default:
        return undefined;
    }
  }

  #conflictDelay(key: string): number {
    this.#reader.distrust(parseKey(key));
    const conflicts = this.#conflicts.get(key) ?? 0;
    this.#conflicts.set(key, conflicts + 1);
    const delayMs = Math.min(conflictDelayMs.most, conflictDelayMs.first * 2 ** conflicts);
    return delayMs * (0.5 + Math.random());
  }

  #moved(local: boolean): void {
    const { name } = this.#controller;
    const message = local ? "the work queue is unreachable, working without it" : "the work queue is back";
    this.#options.logger?.warn({ controller: name }, message);
  }
}
