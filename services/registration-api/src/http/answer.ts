import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { refusals } from "@elemental/protocol";
import type { Refusal } from "../refusal.ts";

/** A complete HTTP answer with a text body. */
export interface Answer {
  status: number;
  body: string;
  headers?: Record<string, string>;
}

/** The HTTP form of a refusal: clients print the body of a 401 (registration-protocol H4). */
export function refusalAnswer(refusal: Refusal): Answer {
  const headers: Record<string, string> = {};
  if (refusal.retryAfterSeconds !== undefined) headers["Retry-After"] = String(refusal.retryAfterSeconds);
  return { status: refusals[refusal.code].status, body: `${refusal.text}\n`, headers };
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
  const close = request.complete || !hasBody(request) ? {} : { Connection: "close" };
  response.writeHead(answer.status, { ...headersOf(answer), ...close });
  response.end(request.method === "HEAD" ? undefined : answer.body);
}

/** A request is complete only after its handler began, even without a body. */
function hasBody({ headers }: IncomingMessage): boolean {
  return (headers["content-length"] ?? "0") !== "0" || "transfer-encoding" in headers;
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
