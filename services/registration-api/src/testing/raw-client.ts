import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { onTestFinished } from "vitest";

/** A WebSocket frame as it came over the wire. */
export interface Frame {
  fin: boolean;
  opcode: number;
  payload: Buffer;
}

export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  /** What followed the head, read to the end of the connection; empty after 101. */
  body: string;
}

export interface RawRequest {
  method?: string;
  path: string;
  /** Undefined leaves a default header out. */
  headers?: Record<string, string | undefined>;
}

const upgradeHeaders = {
  Host: "test",
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

const PATIENCE_MS = 15_000;

/** A client of bytes: what it sends and sees is what is on the wire. */
export class RawClient {
  readonly #socket: Duplex;
  /** Chunks as TCP delivered them. */
  readonly chunks: Buffer[] = [];
  #buffer = Buffer.alloc(0);
  #ended = false;
  #wake = Promise.withResolvers<void>();

  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.on("data", (chunk) => {
      this.chunks.push(chunk);
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      this.#signal();
    });
    onTestFinished(() => this.destroy());
    socket.on("error", () => this.#end());
    socket.on("close", () => this.#end());
  }

  /** Connects, and says nothing. */
  static async connect(port: number): Promise<RawClient> {
    return new RawClient(await connected(port));
  }

  /** Connects and sends the head of a request. */
  static async request(port: number, request: RawRequest): Promise<RawClient> {
    return RawClient.over(await connected(port), request);
  }

  /** Sends the head of a request over a connection that is open. */
  static over(socket: Duplex, { method = "GET", path, headers = {} }: RawRequest): RawClient {
    const lines = Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}: ${value}`],
    );
    const client = new RawClient(socket);
    client.write(`${[`${method} ${path} HTTP/1.1`, ...lines].join("\r\n")}\r\n\r\n`);
    return client;
  }

  /** Asks for a WebSocket; `authorization` is the header's value. */
  static upgrade(port: number, path: string, authorization?: string): Promise<RawClient> {
    return RawClient.request(port, { path, headers: { ...upgradeHeaders, Authorization: authorization } });
  }

  static upgradeOver(socket: Duplex, { path, headers }: RawRequest): RawClient {
    return RawClient.over(socket, { path, headers: { ...upgradeHeaders, ...headers } });
  }

  static upgradeWith(port: number, request: RawRequest): Promise<RawClient> {
    return RawClient.request(port, { ...request, headers: { ...upgradeHeaders, ...request.headers } });
  }

  write(data: string | Uint8Array): void {
    this.#socket.write(data);
  }

  /** The answer to the request; other answers than 101 are read with their body. */
  async answer(): Promise<RawAnswer> {
    await this.#until(() => this.#buffer.includes("\r\n\r\n"));
    const end = this.#buffer.indexOf("\r\n\r\n");
    const [statusLine = "", ...lines] = this.#buffer.subarray(0, end).toString("latin1").split("\r\n");
    this.#buffer = this.#buffer.subarray(end + 4);
    const headers = Object.fromEntries(
      lines.map((line) => [line.split(":")[0]?.toLowerCase() ?? "", line.replace(/^[^:]*: */, "")]),
    );
    const status = Number(statusLine.split(" ")[1]);
    const length = Number(headers["content-length"] ?? 0);
    await this.#until(() => this.#buffer.length >= length);
    if (status === 101) return { status, headers, body: "" };
    const body = this.#buffer.subarray(0, length).toString();
    this.#buffer = this.#buffer.subarray(length);
    return { status, headers, body };
  }

  /** Sends one masked message in `fragments` frames. */
  send(
    payload: Uint8Array | string | number[],
    { opcode = 2, fragments = 1 }: { opcode?: number; fragments?: number } = {},
  ): void {
    const bytes = Buffer.from(payload as Uint8Array);
    const size = Math.ceil(bytes.length / fragments);
    for (let i = 0; i < fragments; i++) {
      const part = bytes.subarray(i * size, (i + 1) * size);
      this.write(maskedFrame(part, { fin: i === fragments - 1, opcode: i === 0 ? opcode : 0 }));
    }
  }

  /** The next frame; undefined when the connection ended without one. */
  async frame(): Promise<Frame | undefined> {
    await this.#until(() => frameLength(this.#buffer) !== undefined || this.#ended);
    const length = frameLength(this.#buffer);
    if (length === undefined) return undefined;
    const raw = this.#buffer.subarray(0, length.head + length.payload);
    this.#buffer = this.#buffer.subarray(raw.length);
    const first = raw[0] ?? 0;
    return { fin: first >= 0x80, opcode: first & 0x0f, payload: raw.subarray(length.head) };
  }

  /** The next message of one frame. Throws when a Close or the end of the connection came instead. */
  async message(): Promise<Buffer> {
    const frame = await this.frame();
    if (!frame || frame.opcode === 8) throw new Error(`closed: ${closeOf(frame)}`);
    return frame.payload;
  }

  async text(): Promise<string> {
    return (await this.message()).toString();
  }

  /** Code and reason of the Close that comes next; messages before it fail the test. Then it goes, unless it is to `stay`. */
  async closed({ stay = false } = {}): Promise<string> {
    const frame = await this.frame();
    if (frame && frame.opcode !== 8) throw new Error(`a message instead of a close: ${frame.payload.toString("hex")}`);
    if (!stay) this.destroy();
    return closeOf(frame);
  }

  /** Resolves when the server has ended the connection. */
  async ended(): Promise<void> {
    await this.#until(() => this.#ended);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #end(): void {
    this.#ended = true;
    this.#signal();
  }

  #signal(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  async #until(condition: () => boolean): Promise<void> {
    const end = AbortSignal.timeout(PATIENCE_MS);
    while (!condition()) {
      if (this.#ended && !condition()) return;
      await Promise.race([this.#wake.promise, delay(PATIENCE_MS, undefined, { signal: end, ref: false })]);
    }
  }
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  return socket;
}

function closeOf(frame: Frame | undefined): string {
  if (!frame) return "no frame";
  return frame.payload.length < 2
    ? "no code"
    : `${frame.payload.readUInt16BE()} ${frame.payload.subarray(2).toString()}`;
}

function frameLength(buffer: Buffer): { head: number; payload: number } | undefined {
  if (buffer.length < 2) return undefined;
  const short = (buffer[1] ?? 0) & 0x7f;
  const head = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (buffer.length < head) return undefined;
  const payload = short < 126 ? short : short === 126 ? buffer.readUInt16BE(2) : Number(buffer.readBigUInt64BE(2));
  return buffer.length < head + payload ? undefined : { head, payload };
}

function maskedFrame(payload: Buffer, { fin, opcode }: { fin: boolean; opcode: number }): Buffer {
  const mask = randomBytes(4);
  const masked = Buffer.from(payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0)));
  return Buffer.concat([Buffer.from([(fin ? 0x80 : 0) | opcode]), maskedLength(payload.length), mask, masked]);
}

function maskedLength(length: number): Buffer {
  if (length < 126) return Buffer.from([0x80 | length]);
  const bytes = Buffer.alloc(length < 65_536 ? 3 : 9);
  bytes[0] = length < 65_536 ? 0xfe : 0xff;
  if (length < 65_536) bytes.writeUInt16BE(length, 1);
  else bytes.writeBigUInt64BE(BigInt(length), 1);
  return bytes;
}
