import { once } from "node:events";
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import type { AgentConnection } from "./connection.ts";

/** A plan Secret as the API returns it. */
export interface PlanSecret {
  metadata: { name: string; namespace: string; uid: string; resourceVersion: string };
  /** Base64. */
  data?: Record<string, string>;
}

export interface WatchEvent {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  object: PlanSecret & { code?: number };
}

/** The API answered with an error status. */
export class ApiStatusError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiStatusError";
    this.status = status;
  }
}

/** The requests of a system agent, for its one Secret. */
export interface SecretApi {
  /** Used by agents to check the connection. */
  version(): Promise<unknown>;
  list(): Promise<{ items: PlanSecret[]; resourceVersion: string }>;
  /** Events after `resourceVersion` until the server ends the watch. */
  watch(resourceVersion: string, signal: AbortSignal): AsyncGenerator<WatchEvent>;
  get(): Promise<PlanSecret>;
  /** Replaces the Secret; 409 when it changed since. */
  put(secret: PlanSecret): Promise<PlanSecret>;
}

const WATCH_SECONDS = 300;

export function secretApi(connection: AgentConnection): SecretApi {
  const { namespace, secretName } = connection;
  const collection = `/api/v1/namespaces/${namespace}/secrets`;
  const selector = `fieldSelector=${encodeURIComponent(`metadata.name=${secretName}`)}`;
  const json = async (method: string, path: string, body?: unknown) => {
    const response = await send(connection, {
      method,
      path,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return JSON.parse(await text(response)) as unknown;
  };
  return {
    version: () => json("GET", "/version"),
    async list() {
      const list = (await json("GET", `${collection}?${selector}&limit=500&resourceVersion=0`)) as {
        items: PlanSecret[] | null;
        metadata: { resourceVersion: string };
      };
      return { items: list.items ?? [], resourceVersion: list.metadata.resourceVersion };
    },
    async *watch(resourceVersion, signal) {
      const query = `watch=true&resourceVersion=${resourceVersion}&allowWatchBookmarks=true&timeoutSeconds=${WATCH_SECONDS}`;
      const response = await send(connection, { method: "GET", path: `${collection}?${selector}&${query}`, signal });
      for await (const line of createInterface(response)) yield JSON.parse(line) as WatchEvent;
    },
    get: async () => (await json("GET", `${collection}/${secretName}`)) as PlanSecret,
    put: async (secret) => (await json("PUT", `${collection}/${secretName}`, secret)) as PlanSecret,
  };
}

interface ApiRequest {
  method: string;
  path: string;
  body?: string | undefined;
  signal?: AbortSignal;
}

async function send(connection: AgentConnection, { method, path, body, signal }: ApiRequest): Promise<IncomingMessage> {
  const url = new URL(connection.server + path);
  const options = {
    method,
    headers: {
      Authorization: `Bearer ${connection.token}`,
      Accept: "application/json",
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(connection.ca === undefined ? {} : { ca: connection.ca }),
    ...(signal ? { signal } : {}),
  };
  const request = url.protocol === "https:" ? requestHttps(url, options) : requestHttp(url, options);
  request.end(body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const { statusCode = 0 } = response;
  if (statusCode < 300) return response;
  const answer = (await text(response)).slice(0, 500);
  throw new ApiStatusError(statusCode, `${method} ${url.pathname} answered ${statusCode}: ${answer}`);
}
