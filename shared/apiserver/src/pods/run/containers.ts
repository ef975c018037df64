import { randomUUID } from "node:crypto";
import type { EventNote } from "../../client/events.ts";
import { ContainerConfigError } from "../environment.ts";
import type { PodLogStore } from "../logs/log-store.ts";
import type { Container, Pod } from "../pod.ts";
import { allContainers } from "../pod.ts";
import { type Terminated, timestamp } from "../pod-status.ts";
import type { ProcessExit, RunningProcess } from "../process/process.ts";
import {
  type Backoff,
  type ContainerRecord,
  endOf,
  nextDelay,
  started,
  terminated,
  waiting,
} from "../state/container.ts";
import { VolumeError } from "../volumes.ts";
import type { PodHost } from "./host.ts";
import { startProbe } from "./probe.ts";
import type { Sandbox } from "./sandbox.ts";
import { StartError, startContainer } from "./start-container.ts";
import { lastOutput } from "./termination-message.ts";

interface Hold {
  until: number;
  delayMs: number;
}

/** The containers of one Pod: their records and the processes behind them. `changed` is called when a record changes. */
export class PodContainers {
  readonly records: Map<string, ContainerRecord>;
  readonly #host: PodHost;
  readonly #pod: Pod;
  readonly #logs: PodLogStore;
  readonly #changed: () => void;
  readonly #processes = new Map<string, RunningProcess>();
  readonly #holds = new Map<string, Hold>();
  readonly #stopping = new Set<RunningProcess>();

  constructor(
    host: PodHost,
    pod: Pod,
    parts: { records: Map<string, ContainerRecord>; logs: PodLogStore; changed(): void },
  ) {
    this.#host = host;
    this.#pod = pod;
    this.records = parts.records;
    this.#logs = parts.logs;
    this.#changed = parts.changed;
  }

  get anyRunning(): boolean {
    return this.#processes.size > 0;
  }

  /** Starts a container, or records why it has to wait; returns when to look again (ms since the epoch). */
  async start(sandbox: Sandbox, container: Container): Promise<number | undefined> {
    const hold = this.#holds.get(container.name);
    if (hold && hold.until > this.#host.now().getTime()) {
      this.#showImageBackOff(container);
      return hold.until;
    }
    const image = this.#host.images.resolve(container.image);
    if (!image) return this.#imageMissing(container);
    if (!hold) this.#note(container, "Pulled", `Container image "${container.image}" already present on machine`);
    const record = this.#record(container);
    const attempt = endOf(record) ? record.restartCount + 1 : record.restartCount;
    try {
      const openLog = () => this.#logs.open(container.name, attempt);
      const running = await startContainer(sandbox, container, image, openLog);
      this.#holds.delete(container.name);
      this.#running(sandbox, container, running);
      return undefined;
    } catch (error) {
      return this.#notStarted(container, error);
    }
  }

  /** Shows that a container waits for its restart. */
  backOff(container: Container, delayMs: number): void {
    const { name, namespace, uid } = this.#pod.metadata;
    const record = this.#record(container);
    if (record.state.waiting?.reason === "CrashLoopBackOff") return;
    const what = `restarting failed container=${container.name} pod=${name}_${namespace}(${uid})`;
    this.#set(container, waiting(record, "CrashLoopBackOff", `back-off ${delayMs / 1000}s ${what}`));
    const message = `Back-off restarting failed container ${container.name} in pod ${name}_${namespace}(${uid})`;
    this.#note(container, "BackOff", message, "Warning");
  }

  /** Ends everything that runs; called again it can only shorten the grace period. */
  stop(graceMs: number): void {
    for (const [name, running] of this.#processes) {
      const container = allContainers(this.#pod.spec).find((c) => c.name === name);
      if (container && !this.#stopping.has(running)) this.#note(container, "Killing", `Stopping container ${name}`);
      this.#stopping.add(running);
      running.terminate(graceMs);
    }
  }

  /** Resolves when nothing runs any more. */
  async stopped(): Promise<void> {
    await Promise.all([...this.#processes.values()].map(({ exited }) => exited));
  }

  #running(sandbox: Sandbox, container: Container, running: RunningProcess): void {
    const { name } = container;
    const startedAt = timestamp(this.#host.now());
    this.#processes.set(name, running);
    this.#set(container, started(this.#record(container), `process://${randomUUID()}`, startedAt, this.#host.backoff));
    this.#note(container, "Created", `Created container: ${name}`);
    this.#note(container, "Started", `Started container ${name}`);
    const stopProbing = this.#probe(sandbox, container);
    const finish = async () => {
      const exit = await running.exited;
      stopProbing();
      const end = await this.#endOf(container, exit, startedAt);
      this.#processes.delete(name);
      this.#stopping.delete(running);
      this.#ended(container, end);
    };
    finish().catch((error) => this.#host.onError(error, `end container ${name}`));
  }

  async #endOf(container: Container, { exitCode }: ProcessExit, startedAt: string): Promise<Terminated> {
    const { containerID } = this.#record(container);
    const fallback = container.terminationMessagePolicy === "FallbackToLogsOnError" && exitCode !== 0;
    const message = fallback ? await lastOutput(this.#logs, container.name) : "";
    return {
      exitCode,
      reason: exitCode === 0 ? "Completed" : "Error",
      ...(message && { message }),
      startedAt,
      finishedAt: timestamp(this.#host.now()),
      ...(containerID && { containerID }),
    };
  }

  #ended(container: Container, end: Terminated): void {
    const ready = this.#isInit(container) && end.exitCode === 0;
    this.#set(container, { ...terminated(this.#record(container), end, this.#host.backoff), ready });
  }

  #probe({ addresses, ports }: Sandbox, container: Container): () => void {
    const setReady = (ready: boolean) => {
      const record = this.#record(container);
      if (record.state.running) this.#set(container, { ...record, ready });
    };
    if (!container.readinessProbe) {
      if (!this.#isInit(container)) setReady(true);
      return () => {};
    }
    const target = { container, host: addresses.podIP, ports };
    return startProbe(container.readinessProbe, target, {
      ready: setReady,
      failed: (why) => this.#note(container, "Unhealthy", `Readiness probe failed: ${why}`, "Warning"),
    });
  }

  #notStarted(container: Container, error: unknown): number | undefined {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof StartError) {
      this.#holds.delete(container.name);
      this.#note(container, "Failed", `Error: ${message}`, "Warning");
      const now = timestamp(this.#host.now());
      const record = started(this.#record(container), `process://${randomUUID()}`, now, this.#host.backoff);
      const end = { exitCode: 128, reason: "StartError", message, startedAt: now, finishedAt: now };
      this.#set(container, terminated(record, end, this.#host.backoff));
      return undefined;
    }
    const isConfiguration = error instanceof ContainerConfigError || error instanceof VolumeError;
    if (!isConfiguration) this.#host.onError(error, `start container ${container.name}`);
    const reason = error instanceof ContainerConfigError ? error.code : "CreateContainerError";
    if (this.#record(container).state.waiting?.message !== message) {
      this.#note(container, "Failed", `Error: ${message}`, "Warning");
      this.#set(container, waiting(this.#record(container), reason, message));
    }
    const { retryMs } = this.#host;
    return this.#hold(container, { initialMs: retryMs, maxMs: 10 * retryMs });
  }

  #imageMissing(container: Container): number {
    const { image, imagePullPolicy } = container;
    const reason = imagePullPolicy === "Never" ? "ErrImageNeverPull" : "ErrImagePull";
    const message = `no program on this machine stands in for image "${image}", and this node pulls none`;
    this.#note(container, "Pulling", `Pulling image "${image}"`);
    this.#note(container, "Failed", `Failed to pull image "${image}": ${message}`, "Warning");
    this.#note(container, "Failed", `Error: ${reason}`, "Warning");
    this.#set(container, waiting(this.#record(container), reason, message));
    return this.#hold(container, this.#host.backoff);
  }

  #showImageBackOff(container: Container): void {
    const record = this.#record(container);
    if (record.state.waiting?.reason !== "ErrImagePull") return;
    const pulling = `Back-off pulling image "${container.image}"`;
    this.#note(container, "BackOff", pulling);
    this.#note(container, "Failed", "Error: ImagePullBackOff", "Warning");
    const message = `${pulling}: ErrImagePull: ${record.state.waiting.message}`;
    this.#set(container, waiting(record, "ImagePullBackOff", message));
  }

  /** Keeps a container from being tried again for a while that grows with each attempt; returns its end. */
  #hold(container: Container, backoff: Pick<Backoff, "initialMs" | "maxMs">): number {
    const delayMs = nextDelay(this.#holds.get(container.name)?.delayMs ?? 0, backoff);
    const until = this.#host.now().getTime() + delayMs;
    this.#holds.set(container.name, { until, delayMs });
    return until;
  }

  #isInit(container: Container): boolean {
    return this.#pod.spec.initContainers?.some(({ name }) => name === container.name) ?? false;
  }

  #record(container: Container): ContainerRecord {
    const record = this.records.get(container.name);
    if (!record) throw new Error(`Pod ${this.#pod.metadata.name} has no container ${container.name}.`);
    return record;
  }

  #set(container: Container, record: ContainerRecord): void {
    this.records.set(container.name, record);
    this.#changed();
  }

  #note(container: Container, reason: string, message: string, type: EventNote["type"] = "Normal"): void {
    const field = this.#isInit(container) ? "initContainers" : "containers";
    this.#host.events.record(this.#pod, { type, reason, message, fieldPath: `spec.${field}{${container.name}}` });
  }
}
