import type { Readable } from "node:stream";
import { type KubeObject, parseJson, type ResourceType } from "@elemental/api";
import type { WatchEvent } from "../informer/source.ts";
import { objectOf } from "./decode.ts";
import { errorOfStatus, type Subject } from "./status.ts";

interface RawEvent {
  type?: string;
  object: unknown;
}

const initialEventsEnd = "k8s.io/initial-events-end";

/** Decodes the lines of a watch. An ERROR event is thrown; a line that cannot be read is reported and left out. */
export async function* watchEvents<T extends KubeObject>(
  type: ResourceType<T>,
  subject: Subject,
  { body, report }: { body: Readable; report(error: unknown): void },
): AsyncIterable<WatchEvent<T>> {
  for await (const line of lines(body)) {
    const raw = parseLine(line, report);
    if (!raw) continue;
    if (raw.type === "ERROR") throw errorOfStatus(subject, raw.object);
    const event = eventOf(type, raw);
    if (event) yield event;
    else report(new TypeError(`${subject.text}: left out an event of type ${raw.type} without a usable object`));
  }
}

async function* lines(body: Readable): AsyncIterable<string> {
  let rest: Buffer[] = [];
  for await (const chunk of body as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      rest.push(chunk.subarray(start, end));
      yield (rest.length === 1 ? (rest[0] as Buffer) : Buffer.concat(rest)).toString("utf8");
      rest = [];
      start = end + 1;
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
  }
}

function parseLine(line: string, report: (error: unknown) => void): RawEvent | undefined {
  if (line.trim() === "") return undefined;
  try {
    return parseJson(line) as RawEvent;
  } catch (error) {
    report(error);
    return undefined;
  }
}

function eventOf<T extends KubeObject>(type: ResourceType<T>, raw: RawEvent): WatchEvent<T> | undefined {
  const object = objectOf(type, raw.object);
  const resourceVersion = object?.metadata.resourceVersion;
  if (!object || !resourceVersion) return undefined;
  if (raw.type === "BOOKMARK") {
    const end = object.metadata.annotations?.[initialEventsEnd] === "true";
    return { type: "BOOKMARK", resourceVersion, initialEventsEnd: end };
  }
  if (raw.type !== "ADDED" && raw.type !== "MODIFIED" && raw.type !== "DELETED") return undefined;
  return object.metadata.name ? { type: raw.type, object } : undefined;
}
