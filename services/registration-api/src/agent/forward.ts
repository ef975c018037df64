import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { request as httpsRequest, Agent as TlsAgent } from "node:https";
import { pipeline } from "node:stream/promises";
import { answerRequest, refusalAnswer } from "../http/answer.ts";
import { Refusal } from "../refusal.ts";

/**
 * Serves the requests of agents below `/elemental/agent`; `path` is what follows. It answers in full, failures included.
 * In one process this is the gateway itself, in a cluster it forwards to the inventory-controller.
 */
export type AgentHandler = (request: IncomingMessage, response: ServerResponse, path: string) => void;

export interface ForwardOptions {
  /** Base URL of the gateway inside the cluster. */
  gatewayUrl: string;
  /** Proves to the gateway that the request came through the door. */
  gatewayToken: string;
  /** PEM of the authority of the gateway's certificate. */
  ca?: string;
}

/** The header in which the door proves itself; the Authorization of the agent passes unchanged. */
export const GATEWAY_TOKEN_HEADER = "x-elemental-gateway-token";

/** Not passed on: they concern one connection, or would let an agent pretend to be the door. */
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "host",
  GATEWAY_TOKEN_HEADER,
]);

/** Forwards agents to the gateway. Watches stay open as long as both ends do. */
export function forwardAgents({ gatewayUrl, gatewayToken, ca }: ForwardOptions): AgentHandler {
  const base = gatewayUrl.replace(/\/+$/, "");
  const secure = base.startsWith("https:");
  const send = secure ? httpsRequest : httpRequest;
  const agent = secure ? new TlsAgent({ keepAlive: true, ...(ca && { ca }) }) : new Agent({ keepAlive: true });
  return (request, response, path) => {
    const headers = { ...passed(request.headers), [GATEWAY_TOKEN_HEADER]: gatewayToken };
    const upstream = send(`${base}${path}`, { agent, method: request.method, headers });
    upstream.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, passed(answer.headers));
      response.flushHeaders();
      // Either end may go at any time; the other one is told by its connection.
      pipeline(answer, response).catch(() => response.destroy());
    });
    upstream.on("error", () => {
      const refusal = new Refusal("Unavailable", "the agent gateway cannot be reached", { retryAfterSeconds: 5 });
      answerRequest(request, response, refusalAnswer(refusal));
    });
    response.on("close", () => upstream.destroy());
    request.pipe(upstream);
  };
}

/** Stands in where no gateway is configured. */
export const noGateway: AgentHandler = (request, response) => {
  answerRequest(request, response, { status: 503, body: "no agent gateway is configured\n" });
};

function passed(headers: IncomingMessage["headers"]): Record<string, string | string[]> {
  const entries = Object.entries(headers).filter(([name, value]) => value !== undefined && !hopByHop.has(name));
  return Object.fromEntries(entries) as Record<string, string | string[]>;
}
