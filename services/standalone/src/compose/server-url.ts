import { networkInterfaces } from "node:os";
import { isUnspecified, type ListenAddress, urlHost } from "../options/address.ts";

/**
 * The URL that machines register at: what the user gave, else https at the listen address; when that is all
 * addresses, the first one of this machine that is not loopback.
 */
export function serverUrlFor(given: string | undefined, listen: ListenAddress): string {
  if (given !== undefined) return given;
  const host = isUnspecified(listen.host) ? (firstAddress() ?? "127.0.0.1") : listen.host;
  return `https://${urlHost(host)}:${listen.port}`;
}

function firstAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ internal, family }) => !internal && family === "IPv4")?.address;
}
