import type { Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger, ProxyVariables } from "@elemental/service";
import { HEALTHY_MS, redialDelay } from "./backoff.ts";
import type { TunnelCredentials } from "./credentials.ts";
import { dial } from "./dial.ts";
import { Session, type SessionPace } from "./session/session.ts";

export interface KeeperOptions {
  proxies: ProxyVariables;
  /** An HTTP server that serves the door and listens nowhere. */
  createServer(): Server;
  log: Logger;
  pace?: SessionPace | undefined;
  /** How long open requests of a retired session may take, in milliseconds (TUN-2). */
  drainMs: number;
  redialDelay?: typeof redialDelay;
}

/** How often connections that became idle are looked for while a session drains, in milliseconds. */
const DRAIN_INTERVAL_MS = 100;

/** Keeps one session open with the same credentials, dialling again whenever it ends. */
export class Keeper {
  readonly #credentials: TunnelCredentials;
  readonly #options: KeeperOptions;
  readonly #connected: () => void;
  readonly #stopped = new AbortController();
  readonly #running: Promise<void>;
  #session: { session: Session; server: Server } | undefined;

  /** `connected` is called whenever a session is open. */
  constructor(credentials: TunnelCredentials, options: KeeperOptions, connected: () => void) {
    this.#credentials = credentials;
    this.#options = options;
    this.#connected = connected;
    this.#running = this.#run();
  }

  get connected(): boolean {
    return this.#session !== undefined;
  }

  get openConnections(): number {
    return this.#session?.session.openConnections ?? 0;
  }

  /** Does not dial again; a session that is open goes on. */
  stopDialling(): void {
    this.#stopped.abort();
  }

  /** Ends once the open requests are answered or had their time. */
  async retire(): Promise<void> {
    this.stopDialling();
    if (this.#session) await this.#drain(this.#session);
    await this.#running;
  }

  async #drain({ session, server }: { session: Session; server: Server }): Promise<void> {
    const closeIdle = setInterval(() => server.closeIdleConnections(), DRAIN_INTERVAL_MS);
    server.closeIdleConnections();
    await Promise.race([session.drained(), session.over, delay(this.#options.drainMs, undefined, { ref: false })]);
    clearInterval(closeIdle);
    session.end("replaced or shutting down");
  }

  async #run(): Promise<void> {
    const { log, redialDelay: delayOf = redialDelay } = this.#options;
    const { signal } = this.#stopped;
    for (let failures = 1; !signal.aborted; failures++) {
      const began = Date.now();
      const reason = await this.#once();
      if (signal.aborted) return;
      if (Date.now() - began > HEALTHY_MS) failures = 1;
      const waitMs = Math.round(delayOf(failures, Math.random()));
      log.warn({ url: this.#credentials.url, reason, waitMs }, "no tunnel to Rancher; dialling again");
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Returns why the session ended, or why there was none. */
  async #once(): Promise<string> {
    const { proxies, createServer, log, pace } = this.#options;
    try {
      const socket = await dial(this.#credentials, proxies);
      const server = createServer();
      const session = new Session(socket, (connection) => server.emit("connection", connection), pace);
      if (this.#stopped.signal.aborted) session.end("shutting down");
      this.#session = { session, server };
      log.info({ url: this.#credentials.url }, "tunnel to Rancher open");
      this.#connected();
      return await session.over;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      this.#session = undefined;
    }
  }
}
