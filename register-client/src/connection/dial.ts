import type { Socket } from "node:net";
import { ClientError, messageOf } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { connectionFailure } from "./failure.ts";
import { proxyFor, type Target } from "./proxy.ts";
import { openSocket } from "./socket.ts";
import { type Conversation, startConversation } from "./transport.ts";
import { trustedRoots } from "./trust.ts";
import { upgrade } from "./upgrade.ts";

/** Time limits of a registration (registration-protocol 1.8), in milliseconds. */
export interface Limits {
  /** Connecting, TLS and the upgrade. */
  handshakeMs: number;
  /** The whole conversation after the upgrade. */
  conversationMs: number;
}

export const referenceLimits: Limits = { handshakeMs: 45_000, conversationMs: 10_000 };

export interface DialOptions {
  host: Host;
  /** The registration URL. */
  url: string;
  caPem: string;
  authorization: string;
  limits: Limits;
}

export interface Connection {
  conversation: Conversation;
  /** Address of this machine on the connection; undefined when the system does not tell. */
  localAddress: string | undefined;
}

/** The websocket URL of a registration URL: its first `http` becomes `ws`. Throws a ClientError `Configuration`. */
export function websocketUrl(url: string): URL {
  const parsed = URL.parse(url.replace("http", "ws"));
  if (parsed?.protocol === "ws:" || parsed?.protocol === "wss:") return parsed;
  throw new ClientError("Configuration", "the registration URL is no http or https URL");
}

/** Connects and upgrades; the conversation's time starts when it returns. Throws a ClientError. */
export async function dial({ host, url, caPem, authorization, limits }: DialOptions): Promise<Connection> {
  const endpoint = websocketUrl(url);
  const target = targetOf(endpoint);
  const signal = AbortSignal.timeout(limits.handshakeMs);
  try {
    const socket = await openSocket(target, {
      proxy: proxyOf(target, host),
      roots: target.secure ? trustedRoots(host, caPem) : [],
      signal,
    });
    const localAddress = addressText(socket);
    const websocket = await upgrade(endpoint, authorization, socket, signal);
    return { conversation: startConversation(websocket, limits.conversationMs), localAddress };
  } catch (error) {
    throw error instanceof ClientError ? error : connectionFailure(error, target, new Date());
  }
}

function targetOf(url: URL): Target {
  const secure = url.protocol === "wss:";
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port || (secure ? 443 : 80)), secure };
}

function proxyOf(target: Target, host: Host): URL | undefined {
  try {
    return proxyFor(target, host.env);
  } catch (error) {
    throw new ClientError("Configuration", messageOf(error), { cause: error });
  }
}

function addressText({ localAddress }: Socket): string | undefined {
  return localAddress?.includes(":") ? `[${localAddress}]` : localAddress;
}
