import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { RecordEncoder } from "./format.ts";

/** Where the previous part of a log goes when it reaches its size limit; the one before that is dropped. */
export function rotatedPath(path: string): string {
  return `${path}.1`;
}

/**
 * The growing log of one run of a container. Written synchronously, so that whoever is told of a change finds it in
 * the file; never larger than about twice `maxBytes` on disk.
 */
export class ContainerLog {
  readonly path: string;
  readonly #maxBytes: number;
  readonly #encoders = { stdout: new RecordEncoder("stdout"), stderr: new RecordEncoder("stderr") };
  readonly #waiting = new Set<() => void>();
  #version = 0;
  #file: number;
  #size: number;
  #ended = false;

  constructor(path: string, maxBytes: number) {
    this.path = path;
    this.#maxBytes = maxBytes;
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, "a", 0o640);
    this.#size = fstatSync(this.#file).size;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Grows with every write and at the end. */
  get version(): number {
    return this.#version;
  }

  write(stream: "stdout" | "stderr", chunk: Buffer): void {
    this.#append(this.#encoders[stream].push(chunk, new Date()));
  }

  end(): void {
    if (this.#ended) return;
    for (const encoder of Object.values(this.#encoders)) this.#append(encoder.end(new Date()));
    this.#ended = true;
    closeSync(this.#file);
    this.#notify();
  }

  /** Resolves when something was written, or the log ended, after `version` was current. */
  changedSince(version: number): Promise<void> {
    if (version !== this.#version) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  #append(records: Buffer): void {
    if (records.length === 0 || this.#ended) return;
    if (this.#size > 0 && this.#size + records.length > this.#maxBytes) this.#rotate();
    writeSync(this.#file, records);
    this.#size += records.length;
    this.#notify();
  }

  #rotate(): void {
    closeSync(this.#file);
    renameSync(this.path, rotatedPath(this.path));
    this.#file = openSync(this.path, "a", 0o640);
    this.#size = 0;
  }

  #notify(): void {
    this.#version += 1;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
