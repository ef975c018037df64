import type { IncomingMessage } from "node:http";
import { BlockList, isIP, type Socket } from "node:net";

/** Where a request comes from, for limits and logs; undefined behind a proxy that does not say. */
export type ClientAddress = (request: IncomingMessage) => string | undefined;

/** Where a connection comes from, for limits; undefined when it is that of a proxy, who speaks for many. */
export type PeerAddress = (socket: Pick<Socket, "remoteAddress">) => string | undefined;

/** `proxies` as of `clientAddress`. Throws a RangeError for what is no address or range. */
export function peerAddress(proxies: readonly string[]): PeerAddress {
  const trusted = trustedAddresses(proxies);
  return ({ remoteAddress }) => {
    const remote = plainAddress(remoteAddress);
    return remote === undefined || contains(trusted, remote) ? undefined : network(remote);
  };
}

/**
 * `proxies` are addresses or CIDR ranges whose `X-Forwarded-For` is believed, its last entry alone. Loopback is always
 * one of them: what comes from there is a tunnel or a proxy on this host. Throws a RangeError for what is no address.
 */
export function clientAddress(proxies: readonly string[]): ClientAddress {
  const trusted = trustedAddresses(proxies);
  return (request) => {
    const remote = plainAddress(request.socket.remoteAddress);
    if (remote === undefined || !contains(trusted, remote)) return remote === undefined ? undefined : network(remote);
    const forwarded = [request.headers["x-forwarded-for"] ?? ""].flat().join(",").split(",").at(-1)?.trim() ?? "";
    return isIP(forwarded) === 0 ? undefined : network(forwarded);
  };
}

function trustedAddresses(proxies: readonly string[]): BlockList {
  const trusted = new BlockList();
  for (const proxy of ["127.0.0.0/8", "::1", ...proxies]) addTo(trusted, proxy);
  return trusted;
}

/** An IPv4 address as such, also where it comes in the form of IPv6. */
function plainAddress(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=[0-9.]+$)/, "");
}

function addTo(list: BlockList, proxy: string): void {
  const [address = "", prefix] = proxy.split("/");
  const family = isIP(address);
  if (family === 0) throw new RangeError(`"${proxy}" is no IP address or CIDR range`);
  const type = family === 4 ? "ipv4" : "ipv6";
  if (prefix === undefined) list.addAddress(address, type);
  else list.addSubnet(address, Number(prefix), type);
}

function contains(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 4 ? "ipv4" : "ipv6");
}

/** One customer has a whole /64 of IPv6: it counts as one address. */
function network(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = address.split("%")[0]?.split("::") ?? [];
  const left = head === "" ? [] : head.split(":");
  const right = tail ? tail.split(":") : [];
  const groups =
    tail === undefined ? left : [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill("0"), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
