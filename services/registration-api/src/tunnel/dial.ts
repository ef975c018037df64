import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { getCACertificates } from "node:tls";
import type { ProxyVariables } from "@elemental/service";
import { WebSocket } from "ws";
import type { TunnelCredentials } from "./credentials.ts";

const HANDSHAKE_TIMEOUT_MS = 5000;

/** Rancher sends at most 64 KiB at once; a longer message ends the session (TUN-13). */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

/**
 * Opens the WebSocket; it is paused, so that no message is lost before somebody listens. Rejects with what went wrong;
 * the message holds no token.
 */
export function dial({ url, token, ca }: TunnelCredentials, proxies: ProxyVariables): Promise<WebSocket> {
  const secure = /^(https|wss):/.test(url);
  const Agent = secure ? HttpsAgent : HttpAgent;
  const socket = new WebSocket(url.replace(/^http/, "ws"), {
    headers: { Authorization: `Bearer ${token}` },
    // An empty authority means the system's roots, never no verification (hardening T1).
    ...(ca !== "" && { ca: [...getCACertificates("default"), ca] }),
    agent: new Agent({ proxyEnv: proxies }),
    perMessageDeflate: false,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    maxPayload: MAX_MESSAGE_BYTES,
  });
  return new Promise((resolve, reject) => {
    socket.once("open", () => {
      socket.pause();
      resolve(socket);
    });
    socket.once("error", reject);
  });
}
