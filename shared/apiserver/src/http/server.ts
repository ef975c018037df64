import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { unauthorized } from "../status/errors.ts";
import { StatusError } from "../status/status-error.ts";
import { type Backend, dispatch, serveOpen } from "./dispatch.ts";
import { type Exchange, sendError } from "./respond.ts";

/** PEM texts: the server's certificate and key, and the authority whose client certificates are the administrator's. */
export interface TlsMaterial {
  certificate: string;
  key: string;
  clientAuthority: string;
}

export interface HttpServer {
  port: number;
  /** Ends open watches and stops listening. */
  close(): Promise<void>;
}

/** Serves the API over HTTPS. Rejects when the address cannot be listened on. */
export async function startHttpServer(
  backend: Backend,
  listen: { host: string; port: number },
  tls: TlsMaterial,
): Promise<HttpServer> {
  const server = createServer(
    {
      cert: tls.certificate,
      key: tls.key,
      ca: tls.clientAuthority,
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: "TLSv1.2",
    },
    (request, response) => void answer(backend, request, response),
  );
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(listen, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function answer(backend: Backend, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "https://api");
  const exchange: Exchange = { request, response, path: url.pathname, query: url.searchParams, warnings: [] };
  try {
    refuseImpersonation(request);
    if (isAdministrator(request)) await dispatch(backend, exchange);
    else if (request.headers.authorization !== undefined || !serveOpen(exchange)) throw unauthorized();
  } catch (error) {
    if (!(error instanceof StatusError) && !request.destroyed)
      backend.registry.onError(error, `answer ${request.method} ${exchange.path}`);
    sendError(exchange, error);
  }
}

// There is nobody else to act as; acting as the administrator instead would be worse than refusing.
function refuseImpersonation({ headers }: IncomingMessage): void {
  if (!Object.keys(headers).some((name) => name.startsWith("impersonate-"))) return;
  throw new StatusError(501, "NotImplemented", "impersonation is not offered by this server");
}

// A bearer token is never valid here, also not beside a certificate.
function isAdministrator(request: IncomingMessage): boolean {
  return request.headers.authorization === undefined && (request.socket as TLSSocket).authorized;
}
