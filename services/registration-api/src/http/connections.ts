import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { PeerAddress } from "../admission/client-address.ts";
import type { Guarded, MemoryGuard } from "../admission/memory-guard.ts";
import { connectionsByFileLimit } from "./file-limit.ts";

export interface ConnectionLimits {
  /** Open at once, in all and from one address. */
  connections: number;
  connectionsPerAddress: number;
}

export const defaultConnectionLimits: ConnectionLimits = { connections: 20_000, connectionsPerAddress: 5000 };

/** Why a connection was closed as soon as it was there. */
export type ConnectionExcess = "connections" | "connectionsPerAddress";

export interface ConnectionBounds {
  limits: ConnectionLimits;
  guard: MemoryGuard;
  peerAddress: PeerAddress;
  /** The event with which `server` gives out connections that can be read. */
  readable: "connection" | "secureConnection";
  onExcess(excess: ConnectionExcess): void;
}

/** Bounds how many connections `server` has, and what those hold that have not sent a whole request yet. */
export function boundConnections(server: Server, { limits, guard, peerAddress, readable, onExcess }: ConnectionBounds) {
  // Without a file descriptor left, Kubernetes could not be reached either.
  server.maxConnections = Math.min(limits.connections, connectionsByFileLimit());
  server.on("drop", () => onExcess("connections"));
  const counts = new Map<string, number>();
  server.on("connection", (socket: Socket) => {
    const address = peerAddress(socket);
    if (address === undefined) return;
    const count = (counts.get(address) ?? 0) + 1;
    counts.set(address, count);
    socket.once("close", () => leave(counts, address));
    if (count <= limits.connectionsPerAddress) return;
    onExcess("connectionsPerAddress");
    socket.destroy();
  });
  guardRequests(server, readable, guard);
}

function leave(counts: Map<string, number>, address: string): void {
  const count = (counts.get(address) ?? 1) - 1;
  if (count > 0) counts.set(address, count);
  else counts.delete(address);
}

/** What a connection received since its last whole request. */
class UnfinishedRequest implements Guarded {
  readonly #socket: Socket;
  #begin = 0;
  #reading = true;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get bytesRead(): number {
    return this.#reading ? this.#socket.bytesRead - this.#begin : 0;
  }

  terminate(): void {
    this.#socket.destroy();
  }

  /** The head is there; whoever answers takes care of the body. */
  complete(): void {
    this.#reading = false;
  }

  answered(): void {
    this.#reading = true;
    this.#begin = this.#socket.bytesRead;
  }
}

function guardRequests(server: Server, readable: ConnectionBounds["readable"], guard: MemoryGuard): void {
  const unfinished = new WeakMap<Socket, { request: UnfinishedRequest; release: () => void }>();
  server.on(readable, (socket: Socket) => {
    const request = new UnfinishedRequest(socket);
    const release = guard.add(request);
    unfinished.set(socket, { request, release });
    socket.once("close", release);
  });
  server.on("request", ({ socket }, response) => {
    const request = unfinished.get(socket)?.request;
    request?.complete();
    response.once("close", () => request?.answered());
  });
  server.on("upgrade", (_request, socket) => unfinished.get(socket as Socket)?.release());
}
