import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { WebSocket } from "ws";
import { ClientError, refusedBy } from "../errors.ts";
import { oneLine } from "../output/one-line.ts";

/** Largest message that is read: configurations are far smaller. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** Statuses below 500 of a server that was too busy: it did not come to us in time, or has too many of us. */
const passing = new Set([408, 429]);

/** Longest part of an answer that is shown. */
const MAX_BODY_BYTES = 1024;

/**
 * Upgrades an open connection to a websocket, with no extension, subprotocol or origin; redirects are not followed. Throws
 * a ClientError with the server's own words when it refuses: `Unreachable` when it asks to come back later. The websocket
 * is paused, so that no message is lost before someone listens.
 */
export async function upgrade(
  url: URL,
  authorization: string,
  socket: Socket,
  signal: AbortSignal,
): Promise<WebSocket> {
  const websocket = new WebSocket(url, {
    createConnection: () => socket,
    headers: { Authorization: authorization },
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: MAX_MESSAGE_BYTES,
  });
  const refused = Promise.withResolvers<never>();
  websocket.once("unexpected-response", (_request, response) => {
    refusal(response).then(refused.reject, refused.reject);
  });
  refused.promise.catch(() => {});
  websocket.once("open", () => websocket.pause());
  try {
    await Promise.race([once(websocket, "open", { signal }), refused.promise]);
    return websocket;
  } catch (error) {
    websocket.on("error", () => {});
    websocket.terminate();
    socket.destroy();
    throw error;
  }
}

async function refusal(response: IncomingMessage): Promise<ClientError> {
  const said = oneLine(await readStart(response));
  const status = response.statusCode ?? 0;
  if (status === 401) return refusedBy(said);
  const message = `websocket: bad handshake (Status: ${status} ${response.statusMessage ?? ""})${said && `: ${said}`}`;
  if (!passing.has(status) && status < 500) return new ClientError("Refused", message);
  return new ClientError("Unreachable", message, retryAfter(response.headers["retry-after"], Date.now()));
}

async function readStart(response: IncomingMessage): Promise<string> {
  let body = Buffer.alloc(0);
  for await (const chunk of response) {
    body = Buffer.concat([body, chunk as Buffer]);
    if (body.length >= MAX_BODY_BYTES) break;
  }
  return body.toString("utf8", 0, MAX_BODY_BYTES);
}

/** Reads a Retry-After header: seconds or a date. */
export function retryAfter(header: string | undefined, now: number): { retryAfterMs?: number } {
  if (header === undefined) return {};
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return ms >= 0 ? { retryAfterMs: ms } : {};
}
