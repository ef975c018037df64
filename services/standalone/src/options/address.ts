import { isIP } from "node:net";
import { UsageError } from "./usage-error.ts";

export interface ListenAddress {
  host: string;
  /** 0 lets the system choose. */
  port: number;
}

/** Reads `ADDR:PORT`, `[IPv6]:PORT` or `:PORT` (loopback). Throws UsageError naming `flag`. */
export function parseAddress(flag: string, text: string): ListenAddress {
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<v4>[^:]*)):(?<port>\d{1,5})$/.exec(text);
  const host = match?.groups?.v6 ?? (match?.groups?.v4 || "127.0.0.1");
  const port = Number(match?.groups?.port);
  if (!match || port > 65_535 || (isIP(host) === 0 && host !== "localhost")) {
    throw new UsageError(`--${flag} must be ADDRESS:PORT such as 127.0.0.1:8443 or 0.0.0.0:8443, not "${text}".`);
  }
  return { host, port };
}

/** The form for URLs: IPv6 in brackets. */
export function urlHost(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

export function isUnspecified(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}
