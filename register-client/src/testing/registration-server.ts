import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { encodeErrorPayload, encodeMessage, MessageType } from "@elemental/protocol";
import { type WebSocket, WebSocketServer } from "ws";

/** How a scripted server answers one message of the client; undefined leaves the usual answer. */
export type Answer = (type: number, payload: Buffer, socket: WebSocket) => Uint8Array | "nothing" | undefined;

/** A message before Ready, in one frame or in fragments, and whether the client's reply to it is right. */
export interface Challenge {
  message: Uint8Array | Uint8Array[];
  isAnsweredBy: (reply: Buffer) => boolean;
}

export interface ServerScript {
  /** The version it negotiates. */
  version?: number;
  /** The configuration it returns. */
  config?: string;
  answer?: Answer;
  /** Answers upgrades by plain HTTP instead; status, body and headers. */
  refuse?: { status: number; body: string; headers?: Record<string, string> };
  /** Ends each connection without a word, as the original's server does with an identity it does not accept. */
  drops?: boolean;
  /** Challenges the client before Ready, by its Authorization header. */
  challenge?: (authorization: string) => Challenge;
  tls?: { key: string; cert: string };
  /** Where it listens; 127.0.0.1 unless told. */
  address?: string;
}

/** One connection a scripted server has seen. */
export interface Exchange {
  headers: IncomingMessage["headers"];
  /** Types of the messages in their order. */
  types: number[];
  /** Text of the last message of a type. */
  text(type: number): string;
}

export interface ScriptedServer {
  url: string;
  exchanges: Exchange[];
  /** Upgrade requests, refused ones included. */
  attempts: number;
  script: ServerScript;
  close(): Promise<void>;
}

/** A registration server that plays a script; it stands in for the real one in the client's own tests. */
export async function startScriptedServer(script: ServerScript = {}): Promise<ScriptedServer> {
  const http: Server = script.tls ? createTlsServer(script.tls) : createServer();
  const websockets = new WebSocketServer({ noServer: true });
  const server: ScriptedServer = {
    url: "",
    exchanges: [],
    attempts: 0,
    script,
    async close() {
      for (const client of websockets.clients) client.terminate();
      http.closeAllConnections();
      http.close();
      await once(http, "close");
    },
  };
  http.on("upgrade", (request, socket, head) => {
    server.attempts += 1;
    const { refuse } = server.script;
    if (refuse) {
      const headers = Object.entries({ "Content-Length": Buffer.byteLength(refuse.body), ...refuse.headers });
      const lines = [`HTTP/1.1 ${refuse.status} Refused`, ...headers.map(([name, value]) => `${name}: ${value}`)];
      // A client may have enough before the end.
      socket.on("error", () => {});
      socket.end(`${lines.join("\r\n")}\r\n\r\n${refuse.body}`);
      return;
    }
    websockets.handleUpgrade(request, socket, head, (websocket) => converse(server, websocket, request));
  });
  const { address = "127.0.0.1" } = script;
  http.listen(0, address);
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  const authority = `${address.includes(":") ? `[${address}]` : address}:${port}`;
  server.url = `${script.tls ? "https" : "http"}://${authority}/elemental/registration/tok-12345`;
  return server;
}

function converse(server: ScriptedServer, websocket: WebSocket, request: IncomingMessage): void {
  const last = new Map<number, string>();
  const exchange: Exchange = { headers: request.headers, types: [], text: (type) => last.get(type) ?? "" };
  server.exchanges.push(exchange);
  if (server.script.drops) {
    websocket.terminate();
    return;
  }
  const ready = () => websocket.send(encodeMessage(MessageType.Ready));
  let challenge = server.script.challenge?.(request.headers.authorization ?? "");
  if (challenge) sendFragments(websocket, [challenge.message].flat());
  else ready();
  websocket.on("message", (data: Buffer) => {
    if (challenge) {
      if (challenge.isAnsweredBy(data)) ready();
      else websocket.close(1008, "the challenge was not answered");
      challenge = undefined;
      return;
    }
    const type = data[0] ?? -1;
    const payload = data.subarray(1);
    exchange.types.push(type);
    last.set(type, payload.toString());
    const reply = server.script.answer?.(type, payload, websocket) ?? usualAnswer(server.script, type);
    if (reply !== "nothing") websocket.send(reply);
    if (type === MessageType.Get && reply !== "nothing") websocket.close(1000);
  });
}

/** Sends one message in as many frames as there are fragments. */
export function sendFragments(websocket: WebSocket, fragments: readonly Uint8Array[]): void {
  fragments.forEach((fragment, index) => {
    websocket.send(fragment, { fin: index === fragments.length - 1, binary: true });
  });
}

function usualAnswer({ version = 12, config = "elemental: {}\n" }: ServerScript, type: number): Uint8Array {
  if (type === MessageType.Version) return encodeMessage(MessageType.Version, Uint8Array.of(version));
  if (type !== MessageType.Get) return encodeMessage(MessageType.Ready);
  const document = Buffer.from(config);
  return version < 7 ? document : encodeMessage(MessageType.Config, document);
}

/** The answer of a server that refuses with `text`. */
export function errorAnswer(text: string): Uint8Array {
  return encodeMessage(MessageType.Error, encodeErrorPayload(text));
}
