import { randomBytes } from "node:crypto";
import type { RawData, WebSocket } from "ws";
import { decodeMessage, encodeConnections, encodeMessage, type Message, messageType } from "../wire/message.ts";
import { TunnelProtocolError } from "../wire/varint.ts";
import { TunnelConnection } from "./connection.ts";

/** Milliseconds (rancher-tunnel 2 and 3). */
export interface SessionPace {
  /** Between our pings. */
  pingMs: number;
  /** Without a ping or pong of the other end the session is over. */
  silenceMs: number;
  /** Between lists of our open connections. */
  syncMs: number;
}

export const defaultPace: SessionPace = { pingMs: 5000, silenceMs: 60_000, syncMs: 60_000 };

/** More connections at once in one session are refused. */
const MAX_CONNECTIONS = 10_000;
const MAX_ADDRESS_BYTES = 266;

/** One WebSocket to Rancher and the connections inside it. */
export class Session {
  /** Resolves with the reason when the session is over; never rejects. */
  readonly over: Promise<string>;
  readonly #socket: WebSocket;
  readonly #accept: (connection: TunnelConnection) => void;
  readonly #connections = new Map<number, TunnelConnection>();
  #nextId = randomBytes(8).readBigUInt64LE() >> 2n;
  #drained: (() => void) | undefined;
  #reason: string | undefined;

  /** `socket` is open, and may be paused until now; each connection that begins is given to `accept`. */
  constructor(socket: WebSocket, accept: (connection: TunnelConnection) => void, pace: SessionPace = defaultPace) {
    this.#socket = socket;
    this.#accept = accept;
    const timers = this.#timers(pace);
    this.over = new Promise((resolve) => {
      socket.once("close", (code) => {
        for (const timer of timers) clearInterval(timer);
        for (const connection of this.#connections.values()) connection.ended();
        resolve(this.#reason ?? `the other end closed it (${code})`);
      });
    });
    socket.on("error", (error) => this.end(error.message));
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    socket.resume();
  }

  get openConnections(): number {
    return this.#connections.size;
  }

  /** Resolves once no connection is open. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained = resolve;
      this.#checkDrained();
    });
  }

  end(reason: string): void {
    this.#reason ??= reason;
    this.#socket.terminate();
  }

  #timers({ pingMs, silenceMs, syncMs }: SessionPace): NodeJS.Timeout[] {
    const socket = this.#socket;
    const silent = setTimeout(() => this.end(`no sign of life for ${silenceMs / 1000} s`), silenceMs);
    for (const sign of ["ping", "pong"] as const) socket.on(sign, () => silent.refresh());
    const ping = setInterval(() => socket.ping(), pingMs);
    const sync = setInterval(() => {
      this.#send({
        connection: 0,
        type: messageType.syncConnections,
        body: encodeConnections(this.#connections.keys()),
      });
    }, syncMs);
    return [silent, ping, sync];
  }

  #send(message: Omit<Message, "id">, sent?: (error?: Error | null) => void): void {
    this.#socket.send(encodeMessage({ id: this.#nextId++, ...message }), { binary: true }, sent);
  }

  #receive(data: RawData, isBinary: boolean): void {
    try {
      if (!isBinary || !Buffer.isBuffer(data)) throw new TunnelProtocolError("a text message arrived");
      this.#handle(decodeMessage(data));
    } catch (error) {
      if (!(error instanceof TunnelProtocolError)) throw error;
      this.end(error.message);
    }
  }

  #handle({ connection: number, type, body }: Message): void {
    const connection = this.#connections.get(number);
    switch (type) {
      case messageType.connect:
        this.#begin(number, body);
        break;
      case messageType.data:
        if (connection) connection.receive(body);
        else this.#refuse(number, `connection not found ${number}`);
        break;
      case messageType.error:
        connection?.ended();
        break;
      case messageType.pause:
        connection?.peerPaused();
        break;
      case messageType.resume:
        connection?.peerResumed();
        break;
    }
  }

  /** A body that is no address is one connection's fault, not the session's (hardening T3). */
  #begin(number: number, address: Buffer): void {
    if (this.#connections.has(number)) throw new TunnelProtocolError(`connection ${number} began twice`);
    if (address.length > MAX_ADDRESS_BYTES || !address.includes("/")) this.#refuse(number, "not an address");
    else if (this.#connections.size >= MAX_CONNECTIONS) this.#refuse(number, "too many connections");
    else this.#open(number);
  }

  #open(number: number): void {
    const connection = new TunnelConnection({
      send: (type, body, sent) => this.#send({ connection: number, type, body }, sent),
      closed: () => {
        this.#connections.delete(number);
        this.#checkDrained();
      },
    });
    connection.on("error", () => connection.destroy());
    this.#connections.set(number, connection);
    this.#accept(connection);
  }

  #refuse(number: number, reason: string): void {
    this.#send({ connection: number, type: messageType.error, body: Buffer.from(reason) });
  }

  #checkDrained(): void {
    if (this.#connections.size === 0) this.#drained?.();
  }
}
