import { randomBytes } from "node:crypto";
import type { KubeObject } from "@elemental/api";
import type { Loopback } from "../loopback.ts";
import { collections } from "./kinds.ts";
import { mutate } from "./mutate.ts";

export interface EventNote {
  type: "Normal" | "Warning";
  reason: string;
  message: string;
  /** Part of the object that the event is about, e.g. `spec.containers{serve}`. */
  fieldPath?: string;
}

/** Records Events of one component; best effort, never throws. Repetitions are counted in the first Event. */
export interface EventRecorder {
  record(regarding: KubeObject, note: EventNote): void;
  /** Resolves when everything recorded so far is written. */
  flush(): Promise<void>;
}

const remembered = 1000;

export function eventRecorder(loopback: Loopback, component: string, host = ""): EventRecorder {
  const names = new Map<string, string>();
  let writing: Promise<void> = Promise.resolve();
  const write = async (regarding: KubeObject, note: EventNote) => {
    const identity = JSON.stringify([regarding.metadata.uid, note]);
    const known = names.get(identity);
    const namespace = regarding.metadata.namespace ?? "default";
    if (known !== undefined && (await countAgain(loopback, namespace, known))) return;
    const event = newEvent(regarding, note, { component, ...(host && { host }) });
    names.set(identity, event.metadata.name);
    if (names.size > remembered) names.delete(names.keys().next().value ?? "");
    await loopback.create(collections.events, event);
  };
  return {
    record(regarding, note) {
      writing = writing.then(() => write(regarding, note)).catch(() => {});
    },
    flush: () => writing,
  };
}

interface Event extends KubeObject {
  count?: number;
  lastTimestamp?: string;
}

async function countAgain(loopback: Loopback, namespace: string, name: string): Promise<boolean> {
  const written = await mutate<Event>(loopback, {
    resource: collections.events,
    key: { namespace, name },
    change: (event) => ({ ...event, count: (event.count ?? 1) + 1, lastTimestamp: seconds() }),
  });
  return written !== undefined;
}

function newEvent(regarding: KubeObject, note: EventNote, source: { component: string; host?: string }) {
  const { apiVersion, kind, metadata } = regarding;
  const { name, namespace, uid, resourceVersion } = metadata;
  const { fieldPath, ...what } = note;
  const reference = {
    ...{ apiVersion, kind, name },
    ...(namespace !== undefined && { namespace }),
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(fieldPath !== undefined && { fieldPath }),
  };
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${name}.${randomBytes(8).toString("hex")}`, namespace: namespace ?? "default" },
    involvedObject: reference,
    ...what,
    source,
    count: 1,
    firstTimestamp: seconds(),
    lastTimestamp: seconds(),
    eventTime: null,
    reportingComponent: source.component,
    reportingInstance: source.host ?? "",
  };
}

function seconds(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}
