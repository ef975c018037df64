import { createServer, type Server, type ServerOptions } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { ListenAddress } from "@elemental/service";
import type { Door } from "../door.ts";

/** PEM texts. */
export interface TlsOptions {
  cert: string;
  key: string;
}

export interface RunningServer {
  /** Where it really listens: the port is never 0. */
  address: ListenAddress;
  /** Takes no more connections. */
  stopListening(): void;
  /** Ends what is still open. */
  close(): Promise<void>;
}

/**
 * A TPM header with an EK certificate has up to 8 KiB (registration-protocol 1.6). Times in milliseconds; idle
 * connections outlive the 60 s after which proxies drop theirs, so that no request meets a closing connection.
 */
const serverOptions: ServerOptions = {
  maxHeaderSize: 64 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 2000,
};

/** More connections at once are refused by closing them; they cost about 20 KB each. */
const MAX_CONNECTIONS = 20_000;

/** Serves the door at `listen`. Rejects when the address cannot be listened on. */
export async function serveDoor(
  door: Door,
  listen: ListenAddress,
  tls: TlsOptions | undefined,
): Promise<RunningServer> {
  const options = { ...serverOptions, shouldUpgradeCallback: door.isConversation.bind(door) };
  const server: Server = tls ? createTlsServer({ ...options, ...tls }) : createServer(options);
  server.maxConnections = MAX_CONNECTIONS;
  server.on("request", (request, response) => door.serve(request, response));
  server.on("upgrade", (request, socket, head) => door.upgrade(request, socket as Socket, head));
  const upgraded = followUpgrades(server);
  await listening(server, listen);
  const { port } = server.address() as AddressInfo;
  return {
    address: { host: listen.host, port },
    stopListening: () => server.close(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
      }),
  };
}

function listening(server: Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      reject(new Error(`cannot listen on ${host}:${port}: ${cause.message}`, { cause }));
    });
    server.listen(port, host, resolve);
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
