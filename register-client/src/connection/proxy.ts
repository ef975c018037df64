import { BlockList, isIP } from "node:net";
import type { Environment } from "../host/host.ts";

/** Host and port that a connection is wanted to. IPv6 addresses stand without brackets. */
export interface Target {
  host: string;
  port: number;
  secure: boolean;
}

/**
 * The proxy for a connection, by HTTP_PROXY, HTTPS_PROXY and NO_PROXY in either case; undefined for a direct one. Loopback
 * is never proxied. Throws an Error when the variable holds no URL of a proxy that is supported.
 */
export function proxyFor(target: Target, env: Environment): URL | undefined {
  const names = target.secure ? ["HTTPS_PROXY", "https_proxy"] : ["HTTP_PROXY", "http_proxy"];
  const [name, value] = names.map((key) => [key, env[key]] as const).find(([, text]) => text) ?? [];
  if (!name || !value || isLoopback(target.host)) return undefined;
  if (isExcluded(target, env["NO_PROXY"] || env["no_proxy"] || "")) return undefined;
  const url = URL.parse(value.includes("://") ? value : `http://${value}`);
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new Error(`${name} is not the URL of an http or https proxy`);
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function isExcluded(target: Target, list: string): boolean {
  const entries = list.split(",").map((entry) => entry.trim().toLowerCase());
  return entries.some((entry) => entry !== "" && matches(entry, target));
}

function matches(entry: string, { host, port }: Target): boolean {
  if (entry === "*") return true;
  if (entry.includes("/")) return isInNetwork(host, entry);
  const [, name = "", wantedPort] = /^(\[[^\]]*\]|[^:]*|.*:.*:.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (wantedPort !== undefined && Number(wantedPort) !== port) return false;
  const plain = name.replace(/^\[|\]$/g, "");
  const wanted = host.toLowerCase();
  if (isIP(plain) !== 0 || isIP(wanted) !== 0) return plain === wanted;
  const domain = plain.replace(/^\*?\./, ".");
  return domain.startsWith(".") ? wanted.endsWith(domain) : wanted === domain || wanted.endsWith(`.${domain}`);
}

function isInNetwork(host: string, network: string): boolean {
  const [address = "", bits = ""] = network.split("/");
  const version = isIP(address);
  if (version === 0 || isIP(host) !== version || !/^\d{1,3}$/.test(bits)) return false;
  const family = version === 4 ? "ipv4" : "ipv6";
  const block = new BlockList();
  try {
    block.addSubnet(address, Number(bits), family);
  } catch {
    return false;
  }
  return block.check(host, family);
}
