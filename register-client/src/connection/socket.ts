import { once } from "node:events";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Target } from "./proxy.ts";

export interface SocketOptions {
  proxy: URL | undefined;
  /** PEM texts of the trusted roots. */
  roots: readonly string[];
  /** Ends the attempt. */
  signal: AbortSignal;
}

/** Opens the connection a websocket is spoken over: TCP, or TLS, directly or through a proxy. Rejects with the system's error. */
export async function openSocket(target: Target, options: SocketOptions): Promise<Socket> {
  const { proxy, signal } = options;
  const tcp = proxy ? await openTunnel(proxy, target, options) : await openTcp(target, signal);
  return target.secure ? secure(tcp, target.host, options) : tcp;
}

async function openTcp({ host, port }: Pick<Target, "host" | "port">, signal: AbortSignal): Promise<Socket> {
  const socket = connectTcp({ host, port });
  return connected(socket, "connect", signal);
}

/** Waits for `event`; a socket that fails before it is destroyed. */
async function connected<T extends Socket>(socket: T, event: string, signal: AbortSignal): Promise<T> {
  try {
    await once(socket, event, { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function secure(socket: Socket, host: string, { roots, signal }: SocketOptions): Promise<TLSSocket> {
  const servername = isIP(host) === 0 ? { servername: host } : { host };
  const tls = connectTls({ socket, ca: [...roots], ALPNProtocols: ["http/1.1"], ...servername });
  return connected(tls, "secureConnect", signal);
}

/** Longest answer of a proxy that is read. */
const MAX_HEAD_BYTES = 16 * 1024;

/** Asks the proxy to connect to the target. */
async function openTunnel(proxy: URL, target: Target, options: SocketOptions): Promise<Socket> {
  const host = proxy.hostname.replace(/^\[|\]$/g, "");
  const port = Number(proxy.port || (proxy.protocol === "https:" ? 443 : 80));
  const tcp = await openTcp({ host, port }, options.signal);
  const socket = proxy.protocol === "https:" ? await secure(tcp, host, options) : tcp;
  const authority = `${target.host.includes(":") ? `[${target.host}]` : target.host}:${target.port}`;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials(proxy)}\r\n`);
  const status = /^HTTP\/1\.\d (\d{3})[^\r\n]*/.exec(await readHead(socket, options.signal));
  if (status?.[1] === "200") return socket;
  socket.destroy();
  throw new Error(`the proxy ${proxy.host} refused to connect${status ? `: ${status[0]}` : ""}`);
}

function credentials({ username, password }: URL): string {
  if (username === "") return "";
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Proxy-Authorization: Basic ${Buffer.from(text).toString("base64")}\r\n`;
}

/** Reads up to the empty line that ends an answer's head; what follows stays for the next reader. */
async function readHead(socket: Socket, signal: AbortSignal): Promise<string> {
  let head = Buffer.alloc(0);
  while (head.length < MAX_HEAD_BYTES) {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) {
      if (socket.readableEnded) break;
      await Promise.race([once(socket, "readable", { signal }), once(socket, "end", { signal })]);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) continue;
    socket.unshift(head.subarray(end + 4));
    return head.toString("latin1", 0, end);
  }
  return head.toString("latin1");
}
