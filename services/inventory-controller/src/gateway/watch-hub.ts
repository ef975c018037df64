import type { ServerResponse } from "node:http";
import { formatKey, type Secret } from "@elemental/api";
import type { Informer } from "@elemental/kube";
import { ChangeLog, type WatchEvent } from "./change-log.ts";
import { owns, type PlanOwner } from "./plan-owner.ts";
import type { SecretRequest } from "./request.ts";
import { expired, statusBody } from "./status.ts";

export type WatchRequest = Extract<SecretRequest, { kind: "watch" }>;

interface Watch {
  owner: PlanOwner;
  response: ServerResponse;
  bookmarks: boolean;
  /** Events up to it are known to the machine. */
  version: number;
  timer: NodeJS.Timeout;
}

const bookmarkMs = 60_000;
const defaultTimeoutSeconds = 30 * 60;
const maxTimeoutSeconds = 60 * 60;
/** A machine that does not read its events is cut off; it comes back and lists. */
const maxBufferedBytes = 4 * 1024 * 1024;

/** Serves the watches of all machines from one watch of the plan Secrets. */
export class WatchHub {
  readonly #log: ChangeLog;
  readonly #byKey = new Map<string, Set<Watch>>();
  readonly #byHash = new Map<string, Set<Watch>>();
  readonly #timer: NodeJS.Timeout;

  /** `secrets` must be synced. */
  constructor(secrets: Informer<Secret>) {
    this.#log = new ChangeLog(secrets, (key, event) => this.#publish(key, event));
    this.#timer = setInterval(() => this.#tick(), bookmarkMs).unref();
  }

  /** The plan Secret as the watch has it. */
  current(owner: PlanOwner): Secret | undefined {
    const secret = this.#log.current(owner.key);
    return secret && owns(owner, secret) ? secret : undefined;
  }

  /** The version of a list answer. */
  get version(): string {
    return String(this.#log.version);
  }

  /** Open watches. */
  get size(): number {
    return [...this.#byHash.values()].reduce((sum, watches) => sum + watches.size, 0);
  }

  /** Open watches of one token. */
  count(hash: string): number {
    return this.#byHash.get(hash)?.size ?? 0;
  }

  /** Answers with the events of one Secret until the client goes, its time is over, or its token is revoked. */
  open(request: WatchRequest, owner: PlanOwner, response: ServerResponse): void {
    response.writeHead(200, { "content-type": "application/json", "cache-control": "no-cache, private" });
    response.flushHeaders();
    const { start } = request;
    if (start.kind === "after") {
      const events = this.#log.after(owner.key, start.version);
      if (events === undefined) {
        refuse(response, start.version, this.#log.version);
        return;
      }
      for (const event of events) if (owns(owner, event.object)) send(response, event);
    }
    if (start.kind === "initial") this.#sendInitial(owner, request, response);
    const seconds = Math.min(request.timeoutSeconds ?? defaultTimeoutSeconds, maxTimeoutSeconds);
    const watch: Watch = {
      owner,
      response,
      bookmarks: request.bookmarks,
      version: start.kind === "after" ? Math.max(start.version, this.#log.version) : this.#log.version,
      timer: setTimeout(() => this.#end(watch), seconds * 1000).unref(),
    };
    this.#add(watch);
    response.once("close", () => this.#remove(watch));
    // A machine that is gone shows as an error of its connection and is no news.
    response.on("error", () => this.#remove(watch));
  }

  /** Ends the watches that were opened with this token. */
  revoke(hash: string): void {
    for (const watch of [...(this.#byHash.get(hash) ?? [])]) this.#end(watch);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#log.stop();
    for (const hash of [...this.#byHash.keys()]) this.revoke(hash);
  }

  #sendInitial(owner: PlanOwner, request: WatchRequest, response: ServerResponse): void {
    const object = this.current(owner);
    if (object) send(response, { type: "ADDED", object });
    if (request.bookmarks) send(response, bookmark(this.#log.version, { "k8s.io/initial-events-end": "true" }));
  }

  #publish(key: string, event: WatchEvent): void {
    const watches = this.#byKey.get(key);
    if (watches === undefined) return;
    const line = encode(event);
    for (const watch of watches) {
      if (event.version <= watch.version || !owns(watch.owner, event.object)) continue;
      watch.version = event.version;
      if (watch.response.writableLength > maxBufferedBytes) watch.response.destroy();
      else watch.response.write(line);
    }
  }

  #tick(): void {
    this.#log.sweep();
    const line = encode(bookmark(this.#log.version));
    for (const watches of this.#byHash.values()) {
      for (const { bookmarks, response } of watches) if (bookmarks) response.write(line);
    }
  }

  #add(watch: Watch): void {
    for (const [index, id] of this.#places(watch)) index.set(id, (index.get(id) ?? new Set()).add(watch));
  }

  #end(watch: Watch): void {
    this.#remove(watch);
    watch.response.end();
  }

  #remove(watch: Watch): void {
    clearTimeout(watch.timer);
    for (const [index, id] of this.#places(watch)) {
      const watches = index.get(id);
      watches?.delete(watch);
      if (watches?.size === 0) index.delete(id);
    }
  }

  #places({ owner }: Watch): [Map<string, Set<Watch>>, string][] {
    return [
      [this.#byKey, formatKey(owner.key)],
      [this.#byHash, owner.hash],
    ];
  }
}

function refuse(response: ServerResponse, version: number, oldest: number): void {
  send(response, { type: "ERROR", object: statusBody(expired(version, oldest)) });
  response.end();
}

function bookmark(version: number, annotations?: Record<string, string>) {
  const metadata = { resourceVersion: String(version), creationTimestamp: null, ...(annotations && { annotations }) };
  return { type: "BOOKMARK", object: { kind: "Secret", apiVersion: "v1", metadata } };
}

function send(response: ServerResponse, event: { type: string; object: object }): void {
  response.write(encode(event));
}

function encode({ type, object }: { type: string; object: object }): string {
  return `${JSON.stringify({ type, object })}\n`;
}
