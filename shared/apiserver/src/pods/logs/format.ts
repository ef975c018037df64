/** A line of a container's output; `text` ends with its newline unless the container ended without one. */
export interface LogLine {
  /** RFC 3339 with nanoseconds. */
  time: string;
  text: Buffer;
}

const newline = 0x0a;
const space = 0x20;
/** Longer lines are stored in parts, as container runtimes do. */
const maxPart = 64 * 1024;

/** Turns a container's output into the records that container runtimes store: `TIME STREAM F|P TEXT`. */
export class RecordEncoder {
  readonly #stream: string;
  #pending: Buffer[] = [];
  #pendingBytes = 0;

  constructor(stream: "stdout" | "stderr") {
    this.#stream = stream;
  }

  /** The records that `chunk` completes. */
  push(chunk: Buffer, now: Date): Buffer {
    const records: Buffer[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      records.push(this.#record("F", chunk.subarray(start, end), now));
      start = end + 1;
    }
    this.#hold(chunk.subarray(start));
    if (this.#pendingBytes >= maxPart) records.push(this.#record("P", Buffer.alloc(0), now));
    return Buffer.concat(records);
  }

  /** The record of an unfinished last line. */
  end(now: Date): Buffer {
    return this.#pendingBytes > 0 ? this.#record("P", Buffer.alloc(0), now) : Buffer.alloc(0);
  }

  #hold(part: Buffer): void {
    if (part.length === 0) return;
    this.#pending.push(part);
    this.#pendingBytes += part.length;
  }

  #record(tag: "F" | "P", rest: Buffer, now: Date): Buffer {
    const time = now.toISOString().replace("Z", "000000Z");
    const record = Buffer.concat([
      Buffer.from(`${time} ${this.#stream} ${tag} `),
      ...this.#pending,
      rest,
      Buffer.of(newline),
    ]);
    this.#pending = [];
    this.#pendingBytes = 0;
    return record;
  }
}

/** Turns stored records back into lines, whatever the boundaries of the chunks they are read in. */
export class RecordDecoder {
  readonly #unread: Record<string, LogLine | undefined> = {};
  #rest: Buffer[] = [];

  push(chunk: Buffer): LogLine[] {
    const lines: LogLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      const line = this.#decode(Buffer.concat([...this.#rest, chunk.subarray(start, end)]));
      if (line) lines.push(line);
      this.#rest = [];
      start = end + 1;
    }
    if (start < chunk.length) this.#rest.push(chunk.subarray(start));
    return lines;
  }

  /** Lines that never got their newline. */
  end(): LogLine[] {
    return Object.values(this.#unread).filter((line) => line !== undefined);
  }

  #decode(record: Buffer): LogLine | undefined {
    const afterTime = record.indexOf(space);
    const afterStream = record.indexOf(space, afterTime + 1);
    const stream = record.toString("latin1", afterTime + 1, afterStream);
    const full = record[afterStream + 1] === "F".charCodeAt(0);
    const begun = this.#unread[stream];
    const time = begun?.time ?? record.toString("latin1", 0, afterTime);
    const text = Buffer.concat([
      ...(begun ? [begun.text] : []),
      record.subarray(afterStream + 3),
      ...(full ? [Buffer.of(newline)] : []),
    ]);
    this.#unread[stream] = full ? undefined : { time, text };
    return full ? { time, text } : undefined;
  }
}
