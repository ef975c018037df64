import { type Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { ObjectKey } from "@elemental/api";
import { Refusal } from "../refusal.ts";
import type { Download } from "./seed-images.ts";

/** Where the Pod behind a SeedImage's Service is reached. Undefined when it is not there. */
export type ServiceAddress = (service: ObjectKey) => Promise<{ host: string; port: number } | undefined>;

/** A Service by its name in the cluster's DNS. */
export const clusterDns: ServiceAddress = async ({ namespace, name }) => ({
  host: `${name}.${namespace}.svc`,
  port: 80,
});

export interface ProxyDeps {
  serviceAddress: ServiceAddress;
  agent: Agent;
}

/** How long the Pod may take to answer, and to say nothing in the middle of a download. */
const UPSTREAM_TIMEOUT_MS = 30_000;

const requestHeaders = ["range", "if-range", "if-none-match", "if-modified-since", "accept"];
const responseHeaders = [
  "content-length",
  "content-type",
  "content-range",
  "accept-ranges",
  "last-modified",
  "etag",
  "cache-control",
];

/**
 * Serves a file of a seed image from its Pod, ranges included. Throws a Refusal as long as nothing was sent; afterwards
 * a failure ends the connection, so that a short file is not taken for a whole one.
 */
export async function proxyDownload(
  request: IncomingMessage,
  response: ServerResponse,
  download: Download,
  deps: ProxyDeps,
): Promise<void> {
  const upstream = await open(request, response, download, deps);
  const headers = pick(upstream.headers, responseHeaders);
  response.writeHead(upstream.statusCode ?? 502, {
    ...headers,
    "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(download.file)}`,
    "X-Content-Type-Options": "nosniff",
  });
  await pipeline(upstream, response);
}

async function open(
  request: IncomingMessage,
  response: ServerResponse,
  { seedImage, file }: Download,
  { serviceAddress, agent }: ProxyDeps,
): Promise<IncomingMessage> {
  const address = await serviceAddress(seedImage);
  if (!address) throw unavailable("the Service has no address");
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const upstream = httpRequest({
    ...address,
    agent,
    method: request.method,
    path: `/${encodeURIComponent(file)}`,
    headers: pick(request.headers, requestHeaders),
    timeout: UPSTREAM_TIMEOUT_MS,
  });
  upstream.on("response", resolve);
  upstream.on("timeout", () => upstream.destroy(new Error("the Pod does not answer")));
  upstream.on("error", (error) => reject(unavailable(error.message)));
  response.on("close", () => upstream.destroy());
  upstream.end();
  return promise;
}

function unavailable(detail: string): Refusal {
  return new Refusal("Unavailable", "the seed image cannot be reached, try again later", {
    detail,
    retryAfterSeconds: 10,
  });
}

function pick(headers: IncomingMessage["headers"], names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
  );
}
