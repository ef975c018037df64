import type { Readable } from "node:stream";
import { Agent, type Dispatcher, ProxyAgent } from "undici";
import { KubeError } from "../errors.ts";
import type { Credentials } from "./credentials/credentials.ts";
import { errorOfAnswer, type Subject } from "./status.ts";

export interface ApiRequest {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Path and query. */
  path: string;
  subject: Subject;
  body?: string;
  contentType?: string;
}

/** Sends requests to one API server over kept-alive connections. Every failure is a KubeError. */
export interface Transport {
  /** The text of a successful answer. */
  request(request: ApiRequest): Promise<string>;
  /** The body of a successful answer, to read while it comes; destroyed by `signal`. */
  stream(request: ApiRequest, signal: AbortSignal): Promise<Readable>;
  /** Ends all connections; requests under way fail. */
  close(): Promise<void>;
}

export interface TransportOptions {
  userAgent: string;
  requestTimeoutMs: number;
  onRequest?: ((method: string, resource: string) => void) | undefined;
}

const connectTimeoutMs = 10_000;
// The API server closes idle connections after 90 s; being first avoids sending into a closing one.
const keepAliveMs = 60_000;
const maxConnections = 64;

export function createTransport(credentials: Credentials, options: TransportOptions): Transport {
  return new UndiciTransport(credentials, options);
}

class UndiciTransport implements Transport {
  readonly #credentials: Credentials;
  readonly #userAgent: string;
  readonly #onRequest: TransportOptions["onRequest"];
  readonly #origin: string;
  readonly #basePath: string;
  readonly #requests: Dispatcher;
  /** Watches have connections of their own, so that they never keep a request waiting. */
  readonly #streams: Dispatcher;

  constructor(credentials: Credentials, { userAgent, requestTimeoutMs, onRequest }: TransportOptions) {
    const url = new URL(credentials.server);
    this.#credentials = credentials;
    this.#userAgent = userAgent;
    this.#onRequest = onRequest;
    this.#origin = url.origin;
    this.#basePath = url.pathname.replace(/\/+$/, "");
    const timeouts = { headersTimeout: requestTimeoutMs, bodyTimeout: requestTimeoutMs };
    this.#requests = dispatcher(credentials, { ...timeouts, connections: maxConnections });
    this.#streams = dispatcher(credentials, { headersTimeout: requestTimeoutMs, bodyTimeout: 0 });
  }

  async request(request: ApiRequest): Promise<string> {
    const answer = await this.#send(this.#requests, request);
    return this.#receive(request, answer);
  }

  async stream(request: ApiRequest, signal: AbortSignal): Promise<Readable> {
    const answer = await this.#send(this.#streams, request, signal);
    if (answer.statusCode < 300) return answer.body;
    await this.#receive(request, answer);
    throw new KubeError("Unknown", `${request.subject.text}: unexpected answer ${answer.statusCode}`);
  }

  async close(): Promise<void> {
    const closed = new Error("the client is closed");
    await Promise.all([this.#requests.destroy(closed), this.#streams.destroy(closed)]);
  }

  async #send(through: Dispatcher, request: ApiRequest, signal?: AbortSignal): Promise<Dispatcher.ResponseData> {
    const answer = await this.#dispatch(through, request, { signal, renew: false });
    if (answer.statusCode !== 401) return answer;
    // The token may have been replaced a moment ago.
    await answer.body.dump();
    return this.#dispatch(through, request, { signal, renew: true });
  }

  async #dispatch(
    through: Dispatcher,
    request: ApiRequest,
    { signal, renew }: { signal: AbortSignal | undefined; renew: boolean },
  ): Promise<Dispatcher.ResponseData> {
    const { method, path, body = null, contentType = "application/json" } = request;
    const headers = { ...(await this.#credentials.headers(renew)), accept: "application/json" };
    const content = body === null ? {} : { "content-type": contentType };
    this.#onRequest?.(method, request.subject.resource ?? "");
    try {
      return await through.request({
        origin: this.#origin,
        path: this.#basePath + path,
        method,
        headers: { ...headers, ...content, "user-agent": this.#userAgent },
        body,
        signal: signal ?? null,
      });
    } catch (cause) {
      throw unanswered(request, cause);
    }
  }

  async #receive(request: ApiRequest, answer: Dispatcher.ResponseData): Promise<string> {
    const body = await answer.body.text().catch((cause: unknown) => {
      throw unanswered(request, cause);
    });
    if (answer.statusCode < 300) return body;
    const retryAfter = answer.headers["retry-after"]?.toString();
    throw errorOfAnswer(request.subject, { status: answer.statusCode, body, retryAfter });
  }
}

/** The error of a request or a stream that the network broke. */
export function unanswered(request: Pick<ApiRequest, "subject">, cause: unknown): KubeError {
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new KubeError("Unavailable", `${request.subject.text}: no answer from the API server: ${reason}`, { cause });
}

function dispatcher(credentials: Credentials, options: Agent.Options): Dispatcher {
  const connection = { allowH2: false, keepAliveTimeout: keepAliveMs, connectTimeout: connectTimeoutMs };
  if (credentials.proxy === undefined) {
    return new Agent({ ...options, ...connection, connect: { ...credentials.tls, keepAlive: true } });
  }
  if (!/^https?:/.test(credentials.proxy)) {
    throw new KubeError("Unavailable", `The proxy ${credentials.proxy} of the kubeconfig is not an HTTP proxy.`);
  }
  return new ProxyAgent({ ...options, ...connection, uri: credentials.proxy, requestTls: credentials.tls });
}
