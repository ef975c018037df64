import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Refusal, RefusalCode } from "../refusal.ts";

/** A complete HTTP answer with a text body. */
export interface Answer {
  status: number;
  body: string;
  headers?: Record<string, string>;
}

const statuses: Record<RefusalCode, number> = {
  NotFound: 404,
  NotReady: 404,
  BadRequest: 400,
  MethodNotAllowed: 405,
  Unauthorized: 401,
  Gone: 410,
  TooManyRequests: 429,
  Busy: 503,
  Conflict: 409,
  Unavailable: 503,
  Misconfigured: 500,
};

/** Longest line of a 401: clients print it (registration-protocol H4). */
const MAX_LINE = 1000;

/** The HTTP form of a refusal. */
export function refusalAnswer(refusal: Refusal): Answer {
  const headers: Record<string, string> = {};
  if (refusal.retryAfterSeconds !== undefined) headers["Retry-After"] = String(refusal.retryAfterSeconds);
  return { status: statuses[refusal.code], body: `${refusal.message.slice(0, MAX_LINE)}\n`, headers };
}

function headersOf({ body, headers }: Answer): Record<string, string> {
  return {
    "Content-Type": "text/plain; charset=utf-8",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Length": String(Buffer.byteLength(body)),
    ...headers,
  };
}

/** Answers a plain request; HEAD gets the headers only. A request whose body was not read ends the connection. */
export function answerRequest(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const close = request.complete ? {} : { Connection: "close" };
  response.writeHead(answer.status, { ...headersOf(answer), ...close });
  response.end(request.method === "HEAD" ? undefined : answer.body);
}

/** Answers an upgrade request that is refused, and ends its connection. */
export function answerUpgrade(socket: Duplex, answer: Answer): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const headers = Object.entries({ ...headersOf(answer), Connection: "close" }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  const status = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ""}`;
  socket.end([status, ...headers, "", answer.body].join("\r\n"), () => socket.destroy());
}
