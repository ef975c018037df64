import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { TunnelConnection } from "../session/connection.ts";
import { decodeMessage, encodeMessage, type Message, messageType } from "../wire/message.ts";

/** Rancher's end of one session. */
export class RancherSession {
  readonly received: Message[] = [];
  /** The Authorization header that the session was opened with. */
  readonly authorization: string;
  readonly socket: WebSocket;
  readonly closed: Promise<number>;
  readonly #streams = new Map<number, TunnelConnection>();
  #last = 1;

  constructor(socket: WebSocket, authorization: string) {
    this.socket = socket;
    this.authorization = authorization;
    this.closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("message", (data: Buffer) => this.#receive(decodeMessage(data)));
    socket.on("error", () => socket.terminate());
  }

  send(connection: number, type: number, body: string | Buffer = ""): void {
    this.socket.send(encodeMessage({ id: 5n, connection, type, body: Buffer.from(body) }), { binary: true });
  }

  /** Begins a connection; the stream is Rancher's end of it. */
  open(): TunnelConnection {
    const number = ++this.#last;
    this.send(number, messageType.connect, "tcp/stv-test:80");
    const stream = new TunnelConnection({
      send: (type, body, sent) =>
        this.socket.send(encodeMessage({ id: 5n, connection: number, type, body }), { binary: true }, sent),
      closed: () => this.#streams.delete(number),
    });
    this.#streams.set(number, stream);
    return stream;
  }

  /** Bytes of Data that arrived on a connection. */
  bytesOf(connection: number): number {
    const data = this.received.filter(
      (message) => message.connection === connection && message.type === messageType.data,
    );
    return data.reduce((sum, { body }) => sum + body.length, 0);
  }

  #receive(message: Message): void {
    this.received.push(message);
    const stream = this.#streams.get(message.connection);
    if (message.type === messageType.data) stream?.receive(message.body);
    else if (message.type === messageType.pause) stream?.peerPaused();
    else if (message.type === messageType.resume) stream?.peerResumed();
    else if (message.type === messageType.error) finish(stream);
  }
}

/** What arrived before the end may still be read. */
function finish(stream: TunnelConnection | undefined): void {
  if (stream && !stream.destroyed) stream.push(null);
}

/** Stands in for Rancher: takes sessions under /v3/connect. */
export class FakeRancher {
  readonly sessions: RancherSession[] = [];
  readonly url: string;
  readonly #server: Server;
  readonly #webSockets: WebSocketServer;

  private constructor(server: Server, secure: boolean, onlyToken: string | undefined) {
    this.#server = server;
    this.#webSockets = new WebSocketServer({
      server,
      path: "/v3/connect",
      verifyClient: ({ req }: { req: { headers: { authorization?: string } } }) =>
        onlyToken === undefined || req.headers.authorization === `Bearer ${onlyToken}`,
    });
    this.#webSockets.on("connection", (socket, request) => {
      this.sessions.push(new RancherSession(socket, request.headers.authorization ?? ""));
    });
    this.url = `${secure ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}/v3/connect`;
  }

  /** It stops when the test ends. `port` is 0 for any. */
  static async start(
    options: { port?: number; onlyToken?: string; tls?: { cert: string; key: string } } = {},
  ): Promise<FakeRancher> {
    const { port = 0, onlyToken, tls } = options;
    const server = tls ? createHttpsServer(tls) : createHttpServer();
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    const rancher = new FakeRancher(server, tls !== undefined, onlyToken);
    onTestFinished(() => rancher.stop());
    return rancher;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** All sessions end at once. */
  async stop(): Promise<void> {
    for (const { socket } of this.sessions) socket.terminate();
    this.#webSockets.close();
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }
}
