import { createServer, type Server, type ServerOptions } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { ListenAddress } from "@elemental/service";
import type { Door } from "../door.ts";
import { boundConnections, type ConnectionBounds } from "./connections.ts";

/** PEM texts. */
export interface TlsOptions {
  cert: string;
  key: string;
}

export interface RunningServer {
  /** Where it really listens: the port is never 0. */
  address: ListenAddress;
  /** A plain HTTP server for connections that arrive another way than by `address`. */
  createServer(): Server;
  /** Takes no more connections. */
  stopListening(): void;
  /** Ends what is still open. */
  close(): Promise<void>;
}

/** A TPM header with an EK certificate has up to 8 KiB (registration-protocol 1.6). */
const MAX_HEADER_BYTES = 64 * 1024;

/**
 * Connections that the system holds until we come to them, about one per turn of the event loop. Few enough that nobody's
 * patience ends in that queue: work for a machine that has left keeps us from the next one. Others try again by themselves.
 */
const BACKLOG = 256;

/** Of a connection that is no conversation, in milliseconds. */
export interface ConnectionDeadlines {
  /** For the TLS handshake, and for the head of a request. */
  requestMs: number;
  /** Between requests: longer than the 60 s of most proxies, so that no request meets a closing connection. */
  keepAliveMs: number;
}

export const defaultConnectionDeadlines: ConnectionDeadlines = { requestMs: 10_000, keepAliveMs: 65_000 };

export interface ServeOptions {
  listen: ListenAddress;
  tls: TlsOptions | undefined;
  bounds: Omit<ConnectionBounds, "readable">;
  deadlines: ConnectionDeadlines;
}

/** Serves the door. Rejects when the address cannot be listened on. */
export async function serveDoor(door: Door, { listen, tls, bounds, deadlines }: ServeOptions): Promise<RunningServer> {
  const options = { ...serverOptions(deadlines), shouldUpgradeCallback: door.isConversation.bind(door) };
  const serving = (server: Server) =>
    server
      .on("request", (request, response) => door.serve(request, response))
      .on("upgrade", (request, socket, head) => door.upgrade(request, socket as Socket, head));
  const server = serving(
    tls ? createTlsServer({ ...options, ...tls, handshakeTimeout: deadlines.requestMs }) : createServer(options),
  );
  boundConnections(server, { ...bounds, readable: tls ? "secureConnection" : "connection" });
  const upgraded = followUpgrades(server);
  await listening(server, listen);
  const { port } = server.address() as AddressInfo;
  return {
    address: { host: listen.host, port },
    createServer: () => serving(createServer(options)),
    stopListening: () => server.close(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
      }),
  };
}

function serverOptions({ requestMs, keepAliveMs }: ConnectionDeadlines): ServerOptions {
  return {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: requestMs,
    requestTimeout: Math.max(requestMs, 60_000),
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: requestMs / 5,
  };
}

function listening(server: Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      reject(new Error(`cannot listen on ${host}:${port}: ${cause.message}`, { cause }));
    });
    server.listen({ port, host, backlog: BACKLOG }, resolve);
  });
}

/** The server itself forgets connections once they are upgraded. */
function followUpgrades(server: Server): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on("upgrade", (_request, socket) => {
    sockets.add(socket as Socket);
    socket.once("close", () => sockets.delete(socket as Socket));
  });
  return sockets;
}
