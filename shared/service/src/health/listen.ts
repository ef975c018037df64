import type { Server } from "node:http";
import { serve } from "@hono/node-server";
import type { Hono } from "hono";
import type { ListenAddress } from "../config/settings.ts";

export interface Listening {
  /** Where it really listens: the port is never 0. */
  address: ListenAddress;
  /** Ends open connections too. */
  close(): Promise<void>;
}

/** The address cannot be listened on; the message says which and why. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  readonly code = "ListenFailed";
}

/** Serves `app` over plain HTTP at `address` only. Throws ListenError. */
export async function listen(app: Hono, address: ListenAddress): Promise<Listening> {
  const { promise: started, resolve, reject } = Promise.withResolvers<number>();
  const options = { fetch: app.fetch, hostname: address.host, port: address.port };
  const server = serve(options, (info) => resolve(info.port)) as Server;
  server.once("error", reject);
  try {
    const port = await started;
    return { address: { host: address.host, port }, close: () => close(server) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ListenError(`cannot listen on ${address.host}:${address.port}: ${reason}`, { cause });
  }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
