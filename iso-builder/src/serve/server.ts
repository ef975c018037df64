import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { BuildError, describe } from "../errors.ts";
import type { Content } from "./content.ts";
import { handle } from "./handler.ts";

export interface ServeOptions {
  content: Content;
  host: string;
  port: number;
  /** Seconds until the server ends by itself; 0 or less: never. */
  lifetimeSeconds: number;
  /** How long downloads under way may take once the server ends. */
  drainMs: number;
}

export interface RunningServer {
  port: number;
  /** Takes no more connections, lets downloads end, then closes; later calls change nothing. */
  stop(): void;
  /** Resolves when the last connection has ended. */
  ended: Promise<void>;
}

/** The longest wait of a Node.js timer. */
const longestMs = 2 ** 31 - 1;

/** Serves until its lifetime is over or it is stopped. Throws BuildError when the address cannot be had. */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const { content, host, port, lifetimeSeconds, drainMs } = options;
  const server = createServer((request, response) => void handle(content, request, response));
  // A download takes as long as it takes; only its beginning is limited.
  server.requestTimeout = 60_000;
  const ended = once(server, "close").then(() => undefined);
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (cause) {
    throw new BuildError("ServeFailed", `cannot listen on ${host}:${port}: ${describe(cause)}`, { cause });
  }
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    server.close();
    server.closeIdleConnections();
    const cut = setTimeout(() => server.closeAllConnections(), drainMs);
    void ended.then(() => clearTimeout(cut));
  };
  if (lifetimeSeconds > 0) {
    const timer = setTimeout(stop, Math.min(lifetimeSeconds * 1000, longestMs));
    void ended.then(() => clearTimeout(timer));
  }
  return { port: (server.address() as AddressInfo).port, stop, ended };
}
