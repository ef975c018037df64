import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { parseJson, stringifyJson } from "@elemental/api";
import { inject } from "vitest";
import { parse } from "yaml";

// What a body looks like is what the tests are about, so that nothing is assumed of it here.
// biome-ignore lint/suspicious/noExplicitAny: tests compare whatever the server sent.
export type Body = any;

export interface Answer {
  status: number;
  headers: IncomingMessage["headers"];
  text: string;
  /** The parsed text when it is JSON. */
  body: Body;
}

export interface CallOptions {
  headers?: Record<string, string>;
  contentType?: string;
  accept?: string;
  /** Without the administrator's certificate. */
  anonymous?: boolean;
}

const config = parse(readFileSync(inject("kubeconfig"), "utf8"));
const decode = (text: string): string => Buffer.from(text, "base64").toString();
const ca = decode(config.clusters[0].cluster["certificate-authority-data"]);
const cert = decode(config.users[0].user["client-certificate-data"]);
const key = decode(config.users[0].user["client-key-data"]);

/** Base URL of the API under test. */
export const server: string = config.clusters[0].cluster.server;

const agents = { administrator: new Agent({ ca, cert, key, keepAlive: true }), anonymous: new Agent({ ca }) };

/** Opens a request to the API under test; resolves with the response head. */
export function open(
  method: string,
  path: string,
  body?: unknown,
  { headers = {}, contentType = "application/json", accept = "application/json", anonymous }: CallOptions = {},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const agent = anonymous ? agents.anonymous : agents.administrator;
    const text = body === undefined || typeof body === "string" ? body : stringifyJson(body);
    // Without its length Node would send the body of a DELETE unframed.
    const framing = text !== undefined && { "content-type": contentType, "content-length": Buffer.byteLength(text) };
    const sent = { accept, ...framing, ...headers };
    const call = request(new URL(path, server), { method, agent, headers: sent }, resolve);
    call.once("error", reject);
    call.end(text);
  });
}

/** Sends a request to the API under test and reads the whole response. */
export async function call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer> {
  const response = await open(method, path, body, options);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return { status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) };
}

function parsed(text: string): Body {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

export const get = (path: string, options?: CallOptions): Promise<Answer> => call("GET", path, undefined, options);
export const post = (path: string, body: unknown, options?: CallOptions): Promise<Answer> =>
  call("POST", path, body, options);
export const put = (path: string, body: unknown, options?: CallOptions): Promise<Answer> =>
  call("PUT", path, body, options);
export const del = (path: string, body?: unknown): Promise<Answer> => call("DELETE", path, body);
export const mergePatch = (path: string, body: unknown): Promise<Answer> =>
  call("PATCH", path, body, { contentType: "application/merge-patch+json" });
export const jsonPatch = (path: string, body: unknown): Promise<Answer> =>
  call("PATCH", path, body, { contentType: "application/json-patch+json" });

/** A name that no other test uses. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString("hex")}`;
}

/** Creates a namespace for one test and returns its name. */
export async function newNamespace(): Promise<string> {
  const name = uniqueName("contract");
  const { status, text } = await post("/api/v1/namespaces", { metadata: { name } });
  if (status !== 201) throw new Error(`namespace ${name}: ${status} ${text}`);
  return name;
}

/** A real API server may take tens of seconds until its aggregator knows a new group version. */
const eventuallyMs = 60_000;

/** Repeats `probe` until it returns something, for at most a minute. */
export async function eventually<T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + eventuallyMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`not within a minute: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
