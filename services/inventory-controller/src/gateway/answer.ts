import type { IncomingMessage, ServerResponse } from "node:http";
import { type Refusal, statusBody } from "./status.ts";

/** How long the rest of a refused request is read and thrown away. */
const LINGER_MS = 2000;

export function sendJson(response: ServerResponse, code: number, body: object, contentType = "application/json"): void {
  response.end(startJson(response, code, body, contentType));
}

/**
 * Answers a refusal. The body of the request may not be read yet: a connection that is closed meanwhile is reset, and the
 * answer lost with it, so what still comes is read for a while before the connection ends.
 */
export function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (refusal.retryAfterSeconds !== undefined) response.setHeader("retry-after", String(refusal.retryAfterSeconds));
  if (request.complete) {
    sendJson(response, refusal.code, statusBody(refusal));
    return;
  }
  response.setHeader("connection", "close");
  response.write(startJson(response, refusal.code, statusBody(refusal), "application/json"));
  const timer = setTimeout(() => response.end(), LINGER_MS).unref();
  response.once("close", () => clearTimeout(timer));
  request.once("end", () => response.end()).resume();
}

function startJson(response: ServerResponse, code: number, body: object, contentType: string): Buffer {
  const bytes = Buffer.from(`${JSON.stringify(body)}\n`);
  response.writeHead(code, {
    "content-type": contentType,
    "content-length": bytes.length,
    "cache-control": "no-cache, private",
  });
  return bytes;
}
