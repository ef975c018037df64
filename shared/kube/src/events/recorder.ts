import { randomBytes } from "node:crypto";
import { type Event, events, type KubeObject, kubeTime, objectKey } from "@elemental/api";
import { isKubeError } from "../errors.ts";
import type { EventInput, EventRecorder, Writer } from "../ports.ts";
import { EventBudget } from "./budget.ts";
import { redactMessage } from "./redact.ts";

export interface EventRecorderOptions {
  writer: Pick<Writer, "create" | "patch">;
  /** The name that `kubectl describe` shows as the source. */
  component: string;
  /** Which replica it was. */
  instance: string;
  now?(): Date;
}

interface Occurrence {
  event: Event;
  stored: boolean;
  queued: boolean;
}

const maxKnown = 4096;
const maxQueued = 1000;

/**
 * Records Events one after the other. The same thing said again about the same object becomes a count on the first
 * Event; what exceeds an object's budget or the queue is counted or dropped. A failed write is dropped.
 */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  return new SequentialRecorder(options);
}

class SequentialRecorder implements EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #budget = new EventBudget();
  readonly #known = new Map<string, Occurrence>();
  readonly #queue: Occurrence[] = [];
  #draining: Promise<void> | undefined;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  record(regarding: KubeObject, input: EventInput): void {
    const now = this.#options.now?.() ?? new Date();
    const message = redactMessage(input.message);
    const subject = regarding.metadata.uid ?? `${regarding.kind}/${regarding.metadata.name}`;
    const id = JSON.stringify([subject, input.type, input.reason, message]);
    const known = this.#known.get(id);
    if (known) countAgain(known.event, now);
    const occurrence = known ?? this.#first(regarding, { ...input, message }, now);
    this.#remember(id, occurrence);
    if (occurrence.queued || this.#queue.length >= maxQueued || !this.#budget.take(subject, now.getTime())) return;
    occurrence.queued = true;
    this.#queue.push(occurrence);
    this.#draining ??= this.#drain();
  }

  async flush(): Promise<void> {
    await this.#draining;
  }

  #first(regarding: KubeObject, input: EventInput, now: Date): Occurrence {
    const { component, instance } = this.#options;
    return { event: newEvent(regarding, input, { component, instance, now }), stored: false, queued: false };
  }

  #remember(id: string, occurrence: Occurrence): void {
    this.#known.delete(id);
    this.#known.set(id, occurrence);
    const oldest = this.#known.keys().next();
    if (this.#known.size > maxKnown && !oldest.done) this.#known.delete(oldest.value);
  }

  async #drain(): Promise<void> {
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      next.queued = false;
      // Best effort: an Event that cannot be written must not disturb what it reports.
      await this.#write(next).catch(() => {});
    }
    this.#draining = undefined;
  }

  async #write(occurrence: Occurrence): Promise<void> {
    const { writer } = this.#options;
    const { event } = occurrence;
    if (occurrence.stored) {
      const body = { count: event.count, lastTimestamp: event.lastTimestamp };
      try {
        await writer.patch(events, objectKey(event), { type: "merge", body });
        return;
      } catch (error) {
        if (!isKubeError(error, "NotFound")) throw error;
        // It has expired on the server: tell it anew.
        event.metadata.name = eventName(occurrence.event.involvedObject.name ?? "");
      }
    }
    await writer.create(events, structuredClone(event));
    occurrence.stored = true;
  }
}

function newEvent(
  regarding: KubeObject,
  input: EventInput,
  reporter: { component: string; instance: string; now: Date },
): Event {
  const { namespace, name, uid } = regarding.metadata;
  const time = kubeTime(reporter.now);
  const { apiVersion, kind } = regarding;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: eventName(name), namespace: namespace ?? "default" },
    involvedObject: { apiVersion, kind, name, ...(namespace && { namespace }), ...(uid && { uid }) },
    ...input,
    count: 1,
    firstTimestamp: time,
    lastTimestamp: time,
    source: { component: reporter.component },
    reportingComponent: reporter.component,
    reportingInstance: reporter.instance,
  };
}

function countAgain(event: Event, now: Date): void {
  event.count = (event.count ?? 0) + 1;
  event.lastTimestamp = kubeTime(now);
}

function eventName(subject: string): string {
  return `${subject.slice(0, 236)}.${randomBytes(8).toString("hex")}`;
}
