import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Answer } from "../http/answer.ts";

/** Whether a request asks for a WebSocket (registration-protocol 1.5); any other one is plain. */
export function isWebSocketUpgrade({ headers }: IncomingMessage): boolean {
  return tokens(headers.connection).includes("upgrade") && tokens(headers.upgrade).includes("websocket");
}

/** The answer to an upgrade request that breaks a condition of registration-protocol 1.5; undefined when it keeps all. */
export function upgradeProblem({ method, headers }: IncomingMessage): Answer | undefined {
  if (method !== "GET") return problem(405);
  if (!tokens(headers["sec-websocket-version"]).includes("13")) return problem(400);
  return isKey(headers["sec-websocket-key"]) ? undefined : problem(400);
}

function problem(status: number): Answer {
  return { status, body: `${STATUS_CODES[status]}\n`, headers: { "Sec-WebSocket-Version": "13" } };
}

function isKey(key: string | undefined): boolean {
  return key !== undefined && /^[A-Za-z0-9+/]{22}==$/.test(key);
}

function tokens(header: string | string[] | undefined): string[] {
  return [header ?? ""]
    .flat()
    .join(",")
    .toLowerCase()
    .split(",")
    .map((token) => token.trim());
}
