import { rm } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { collections } from "../../client/kinds.ts";
import { isRefused, keyOf, mutate } from "../../client/mutate.ts";
import { hostAddress } from "../addresses.ts";
import { PodLogStore } from "../logs/log-store.ts";
import type { Pod } from "../pod.ts";
import { isFinished, timestamp } from "../pod-status.ts";
import { nextDelay } from "../state/container.ts";
import { planContainers } from "../state/plan.ts";
import { initialRecords, podStatus, type Verdict } from "../state/pod-status.ts";
import { VolumeError } from "../volumes.ts";
import { PodContainers } from "./containers.ts";
import type { PodHost } from "./host.ts";
import { prepareSandbox, type Sandbox } from "./sandbox.ts";

const defaultGraceSeconds = 30;
// A longer setTimeout would fire at once; waking early does no harm.
const longestTimerMs = 2 ** 31 - 1;

/** Executes one Pod, from its binding to its removal. Every change of the Pod or its containers leads to one more pass. */
export class PodWorker {
  readonly podIP: string;
  readonly logs: PodLogStore;
  readonly #host: PodHost;
  readonly #directory: string;
  readonly #containers: PodContainers;
  readonly #startTime: string;
  #pod: Pod;
  #sandbox: Sandbox | undefined;
  #mountFailure: { message: string; delayMs: number; until: number } | undefined;
  #failure: Verdict | undefined;
  #removed: (() => void) | undefined;
  #stopped = false;
  #pass: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(host: PodHost, pod: Pod, podIP: string) {
    this.#host = host;
    this.#pod = pod;
    this.podIP = podIP;
    this.#directory = join(host.directory, pod.metadata.uid ?? "");
    this.#startTime = pod.status?.startTime ?? timestamp(host.now());
    this.logs = new PodLogStore(join(this.#directory, "logs"), host.maxLogBytes);
    const records = initialRecords(pod, host.now());
    this.#containers = new PodContainers(host, pod, { records, logs: this.logs, changed: () => this.wake() });
  }

  /** Where a container port is listened on. */
  actualPort(containerPort: number): number {
    return this.#sandbox?.ports.get(containerPort) ?? containerPort;
  }

  update(pod: Pod): void {
    this.#pod = pod;
    this.wake();
  }

  /** The Pod is gone from the API: whatever runs is killed, what it had on disk removed; then `done` is called. */
  remove(done: () => void): void {
    this.#removed = done;
    this.wake();
  }

  /** Ends the processes without a word to the API; what they were doing is settled at the next start. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#pass;
    this.#containers.stop(graceMs);
    await this.#containers.stopped();
  }

  /** Looks at the Pod once more, now or right after the pass that is under way. */
  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#pass ??= this.#run();
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      clearTimeout(this.#timer);
      try {
        const next = await this.#once();
        if (next !== undefined) this.#wakeAt(next);
      } catch (error) {
        this.#host.onError(error, `run Pod ${this.#pod.metadata.namespace}/${this.#pod.metadata.name}`);
        this.#wakeAt(this.#host.now().getTime() + this.#host.retryMs);
      }
    }
    this.#pass = undefined;
  }

  /** One pass; returns when the next one is due without any change (ms since the epoch). */
  async #once(): Promise<number | undefined> {
    if (this.#removed) return this.#cleanUp();
    if (this.#pod.metadata.deletionTimestamp) return this.#windDown();
    if (isFinished(this.#pod.status) && !this.#containers.anyRunning) return undefined;
    this.#failure ??= this.#deadlineExceeded();
    if (this.#failure) {
      this.#containers.stop(this.#graceMs());
      await this.#publish();
      return undefined;
    }
    const due = await this.#startContainers();
    await this.#publish();
    return earliest([...due, this.#deadline()]);
  }

  async #startContainers(): Promise<(number | undefined)[]> {
    const sandbox = await this.#prepare();
    if (typeof sandbox === "number") return [sandbox];
    const plan = planContainers(this.#pod.spec, this.#containers.records, this.#host.now().getTime());
    for (const { container, delayMs } of plan.backingOff) this.#containers.backOff(container, delayMs);
    const due: (number | undefined)[] = plan.backingOff.map(({ until }) => until);
    for (const container of plan.start) due.push(await this.#containers.start(sandbox, container));
    return due;
  }

  /** The sandbox, or when to try again to make it. */
  async #prepare(): Promise<Sandbox | number> {
    if (this.#sandbox) return this.#sandbox;
    const now = this.#host.now().getTime();
    if (this.#mountFailure && this.#mountFailure.until > now) return this.#mountFailure.until;
    try {
      this.#sandbox = await prepareSandbox(this.#host, this.#pod, this.#directory, this.podIP);
      return this.#sandbox;
    } catch (error) {
      if (!(error instanceof VolumeError)) throw error;
      const { code: reason, message } = error;
      if (this.#mountFailure?.message !== message) {
        this.#host.events.record(this.#pod, { type: "Warning", reason, message });
      }
      const { retryMs } = this.#host;
      const delayMs = nextDelay(this.#mountFailure?.delayMs ?? 0, { initialMs: retryMs, maxMs: 10 * retryMs });
      this.#mountFailure = { message, delayMs, until: now + delayMs };
      return this.#mountFailure.until;
    }
  }

  async #windDown(): Promise<undefined> {
    this.#containers.stop(this.#graceMs());
    await this.#publish();
    if (this.#containers.anyRunning) return;
    try {
      const { uid } = this.#pod.metadata;
      await this.#host.loopback.delete(collections.pods, keyOf(this.#pod), {
        gracePeriodSeconds: 0,
        ...(uid && { uid }),
      });
    } catch (error) {
      if (!isRefused(error, "NotFound", "Conflict")) throw error;
    }
  }

  async #cleanUp(): Promise<undefined> {
    this.#containers.stop(0);
    if (this.#containers.anyRunning) return;
    await rm(this.#directory, { recursive: true, force: true });
    this.#removed?.();
  }

  async #publish(): Promise<void> {
    await mutate<Pod>(this.#host.loopback, {
      resource: collections.pods,
      key: keyOf(this.#pod),
      uid: this.#pod.metadata.uid,
      subresource: "status",
      change: (pod) => {
        const status = podStatus(pod, this.#facts(), this.#host.now());
        return isDeepStrictEqual(status, pod.status) ? undefined : { ...pod, status };
      },
    });
  }

  #facts() {
    return {
      records: this.#containers.records,
      podIP: this.podIP,
      hostIP: hostAddress,
      startTime: this.#startTime,
      volumesReady: this.#sandbox !== undefined,
      stopping: this.#failure !== undefined || this.#pod.metadata.deletionTimestamp !== undefined,
      ...(this.#failure && { failure: this.#failure }),
    };
  }

  #deadline(): number | undefined {
    const seconds = this.#pod.spec.activeDeadlineSeconds;
    return seconds === undefined ? undefined : Date.parse(this.#startTime) + seconds * 1000;
  }

  #deadlineExceeded(): Verdict | undefined {
    const deadline = this.#deadline();
    if (deadline === undefined || deadline > this.#host.now().getTime()) return undefined;
    const verdict = {
      reason: "DeadlineExceeded",
      message: "Pod was active on the node longer than the specified deadline",
    };
    this.#host.events.record(this.#pod, { type: "Normal", ...verdict });
    return verdict;
  }

  #graceMs(): number {
    const { deletionGracePeriodSeconds: deletion } = this.#pod.metadata;
    return (deletion ?? this.#pod.spec.terminationGracePeriodSeconds ?? defaultGraceSeconds) * 1000;
  }

  #wakeAt(time: number): void {
    clearTimeout(this.#timer);
    const delay = Math.min(Math.max(0, time - this.#host.now().getTime()), longestTimerMs);
    this.#timer = setTimeout(() => this.wake(), delay);
  }
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
