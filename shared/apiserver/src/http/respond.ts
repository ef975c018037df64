import type { IncomingMessage, ServerResponse } from "node:http";
import { stringifyJson } from "@elemental/api";
import { stringify } from "yaml";
import { internalError } from "../status/errors.ts";
import { StatusError } from "../status/status-error.ts";
import type { Representation } from "./accept.ts";

/** A request on its way through the handlers. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  path: string;
  query: URLSearchParams;
  warnings: string[];
}

const browsers = /^(curl|Wget|Mozilla)/;

/** Writes an object as the whole response. */
export function sendObject(
  exchange: Exchange,
  code: number,
  object: object,
  { format }: Representation = { format: "json" },
): void {
  const text = format === "yaml" ? stringify(object) : stringifyJson(object, isPretty(exchange) ? 2 : undefined);
  sendText(exchange, code, text, `application/${format}`);
}

export function sendText(exchange: Exchange, code: number, text: string, contentType: string): void {
  sendBytes(exchange, code, Buffer.from(text), contentType);
}

export function sendBytes(exchange: Exchange, code: number, body: Uint8Array, contentType: string): void {
  const { response, warnings } = exchange;
  for (const warning of warnings) response.appendHeader("warning", `299 - ${JSON.stringify(warning)}`);
  response.writeHead(code, {
    "content-type": contentType,
    "content-length": body.length,
    ...(!response.hasHeader("cache-control") && { "cache-control": "no-cache, private" }),
  });
  response.end(exchange.request.method === "HEAD" ? undefined : body);
}

/** Writes the Status of a failure; what is not a StatusError becomes a 500. */
export function sendError(exchange: Exchange, error: unknown): void {
  const known =
    error instanceof StatusError ? error : internalError(error instanceof Error ? error.message : String(error));
  if (exchange.response.headersSent) {
    exchange.response.destroy();
    return;
  }
  const { retryAfterSeconds } = known.details ?? {};
  if (retryAfterSeconds !== undefined) exchange.response.setHeader("retry-after", retryAfterSeconds);
  sendObject(exchange, known.status, known.toStatus());
}

function isPretty({ request, query }: Exchange): boolean {
  const asked = query.get("pretty");
  if (asked !== null) return asked !== "false" && asked !== "0";
  return browsers.test(request.headers["user-agent"] ?? "");
}
