import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import type { PodLogOptions } from "../../loopback.ts";
import { type ContainerLog, rotatedPath } from "./container-log.ts";
import { type LogLine, RecordDecoder } from "./format.ts";

const chunkBytes = 256 * 1024;

/** The log at `path` as kubectl wants it; while following, until `live` ends. */
export async function* readLog(
  path: string,
  options: PodLogOptions,
  live: ContainerLog | undefined,
): AsyncGenerator<Uint8Array> {
  let budget = options.limitBytes ?? Number.POSITIVE_INFINITY;
  for await (const line of selectedLines(path, options, live)) {
    const text = options.timestamps ? Buffer.concat([Buffer.from(`${line.time} `), line.text]) : line.text;
    if (text.length >= budget) {
      yield text.subarray(0, budget);
      return;
    }
    budget -= text.length;
    yield text;
  }
}

async function* selectedLines(
  path: string,
  options: PodLogOptions,
  live: ContainerLog | undefined,
): AsyncGenerator<LogLine> {
  const decoder = new RecordDecoder();
  const tail = options.tailLines;
  let held: LogLine[] | undefined = tail === undefined ? undefined : [];
  for await (const chunk of chunks(path, options.follow ? live : undefined)) {
    if (chunk === "caught-up") {
      yield* held ?? [];
      held = undefined;
      continue;
    }
    const lines = decoder.push(chunk);
    if (held && tail !== undefined) held = tail === 0 ? [] : [...held, ...lines].slice(-tail);
    else yield* lines;
  }
  yield* decoder.end();
}

// Synchronous reads: the file is local, bounded, and must not rotate between finding and opening it.
async function* chunks(path: string, live: ContainerLog | undefined): AsyncGenerator<Buffer | "caught-up"> {
  const previous = existsSync(rotatedPath(path)) ? openSync(rotatedPath(path), "r") : undefined;
  let current = openSync(path, "r");
  try {
    if (previous !== undefined) yield* readToEnd(previous);
    yield* readToEnd(current);
    yield "caught-up";
    while (live) {
      const { ended, version } = live;
      const rotated = statSync(path).ino !== fstatSync(current).ino;
      yield* readToEnd(current);
      if (rotated) {
        closeSync(current);
        current = openSync(path, "r");
      } else if (ended) return;
      else await live.changedSince(version);
    }
  } finally {
    if (previous !== undefined) closeSync(previous);
    closeSync(current);
  }
}

function* readToEnd(file: number): Generator<Buffer> {
  for (;;) {
    const buffer = Buffer.allocUnsafe(chunkBytes);
    const length = readSync(file, buffer, 0, chunkBytes, null);
    if (length === 0) return;
    yield buffer.subarray(0, length);
  }
}
