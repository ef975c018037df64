import { setTimeout as delay } from "node:timers/promises";
import { readCredentials, sameCredentials, type TunnelCredentials } from "./credentials.ts";
import { Keeper, type KeeperOptions } from "./keeper.ts";

export interface TunnelOptions extends Omit<KeeperOptions, "drainMs"> {
  /** The Secret that Rancher writes, mounted as files. */
  folder: string;
  drainMs?: number;
  /** How often the Secret is looked at, in milliseconds. */
  pollMs?: number;
}

const POLL_MS = 5000;
const DRAIN_MS = 10_000;

/**
 * Makes the door reachable under Rancher's own server URL: dials Rancher and serves what comes through
 * (rancher-tunnel). Every replica keeps a session of its own, so that losing one costs its open requests at most.
 */
export class Tunnel {
  readonly #options: TunnelOptions & KeeperOptions;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  readonly #retiring = new Set<Promise<void>>();
  #wanted: TunnelCredentials | undefined;
  #keeper: Keeper | undefined;
  /** Serves until the one with newer credentials does. */
  #predecessor: Keeper | undefined;

  constructor(options: TunnelOptions) {
    this.#options = { drainMs: DRAIN_MS, ...options };
    this.#running = this.#follow();
  }

  get connected(): boolean {
    return [this.#keeper, this.#predecessor].some((keeper) => keeper?.connected);
  }

  get openConnections(): number {
    return [this.#keeper, this.#predecessor].reduce((sum, keeper) => sum + (keeper?.openConnections ?? 0), 0);
  }

  /** Resolves once the open requests are answered or had their time. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    for (const keeper of [this.#keeper, this.#predecessor]) if (keeper) this.#retire(keeper);
    await Promise.all(this.#retiring);
  }

  async #follow(): Promise<void> {
    const { folder, log, pollMs = POLL_MS } = this.#options;
    while (!this.#closing.signal.aborted) {
      try {
        const credentials = await readCredentials(folder);
        if (!sameCredentials(credentials, this.#wanted)) this.#use(credentials);
      } catch (error) {
        log.warn({ error, folder }, "cannot read the Secret of the tunnel to Rancher; looking again");
      }
      await delay(pollMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
  }

  #use(credentials: TunnelCredentials | undefined): void {
    this.#wanted = credentials;
    this.#retirePredecessor();
    this.#predecessor = this.#keeper;
    this.#predecessor?.stopDialling();
    this.#keeper = credentials && new Keeper(credentials, this.#options, () => this.#retirePredecessor());
    if (!credentials) this.#retirePredecessor();
  }

  #retirePredecessor(): void {
    if (this.#predecessor) this.#retire(this.#predecessor);
    this.#predecessor = undefined;
  }

  #retire(keeper: Keeper): void {
    const retiring = keeper.retire().finally(() => this.#retiring.delete(retiring));
    this.#retiring.add(retiring);
  }
}
