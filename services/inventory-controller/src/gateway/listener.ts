import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type RequestListener, type Server, type ServerOptions } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { ListenAddress } from "@elemental/service";
import type { AgentGateway } from "./gateway.ts";
import { forbidden, statusBody } from "./status.ts";

/** In this header the door proves that a request came through it. */
export const gatewayTokenHeader = "x-elemental-gateway-token";

export interface GatewayListenerOptions {
  address: ListenAddress;
  /** The secret that the door and the gateway share. */
  token: string;
  /** PEM texts; without them the gateway speaks plain HTTP. */
  tls?: { cert: string; key: string } | undefined;
}

export interface GatewayListener {
  /** Where it really listens: the port is never 0. */
  address: ListenAddress;
  close(): Promise<void>;
}

const serverOptions: ServerOptions = { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 15_000 };

/** Serves the gateway inside a cluster, to the door only. Rejects when the address cannot be listened on. */
export async function listenForDoor(
  gateway: AgentGateway,
  { address, token, tls }: GatewayListenerOptions,
): Promise<GatewayListener> {
  const listener = onlyForDoor(gateway, token);
  const server: Server = tls
    ? createTlsServer({ ...serverOptions, ...tls }, listener)
    : createServer(serverOptions, listener);
  await listening(server, address);
  const { port } = server.address() as AddressInfo;
  return { address: { host: address.host, port }, close: () => close(server) };
}

function onlyForDoor(gateway: AgentGateway, token: string): RequestListener {
  const expected = digest(token);
  return (request, response) => {
    const given = request.headers[gatewayTokenHeader];
    if (typeof given === "string" && timingSafeEqual(digest(given), expected)) {
      gateway.handle(request, response, request.url ?? "");
      return;
    }
    response.writeHead(403, { "content-type": "application/json", connection: "close" });
    response.end(JSON.stringify(statusBody(forbidden("only the registration API reaches this address"))));
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function listening(server: Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (cause: Error) => {
      reject(new Error(`the agent gateway cannot listen on ${host}:${port}: ${cause.message}`, { cause }));
    };
    server.once("error", refused);
    server.listen(port, host, () => {
      server.off("error", refused);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
