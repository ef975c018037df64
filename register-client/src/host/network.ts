import { networkInterfaces } from "node:os";
import { basename } from "node:path";
import { type LinkSettings, parseEthtool } from "./ethtool.ts";
import { isDirectory, listNames, readLink, readText } from "./files.ts";
import type { Host } from "./host.ts";

export interface NetworkInterface extends LinkSettings {
  name: string;
  /** Only permanent addresses; empty for generated ones. */
  macAddress: string;
  isVirtual: boolean;
  ipv4: string[];
  ipv6: string[];
  /** Undefined for what is not on the PCI bus. */
  pciAddress: string | undefined;
}

const classDirectory = "/sys/class/net";

/** Interfaces of the machine without the loopback, in byte order of their names, without what needs programs. */
export function listInterfaces(
  host: Host,
): Pick<NetworkInterface, "name" | "macAddress" | "isVirtual" | "pciAddress">[] {
  return listNames(host, classDirectory)
    .filter((name) => name !== "lo" && isDirectory(host, `${classDirectory}/${name}`))
    .map((name) => {
      const directory = `${classDirectory}/${name}`;
      const permanent = readText(host, `${directory}/addr_assign_type`)?.trim() === "0";
      return {
        name,
        macAddress: permanent ? (readText(host, `${directory}/address`)?.trim() ?? "") : "",
        isVirtual: readLink(host, directory)?.includes("devices/virtual/net") ?? false,
        pciAddress: pciAddress(host, directory),
      };
    });
}

/** The interfaces with their addresses and link settings (register-client-and-media 3.4). */
export async function readInterfaces(host: Host): Promise<NetworkInterface[]> {
  return Promise.all(
    listInterfaces(host).map(async (nic) => ({
      ...nic,
      ...(await addresses(host, nic.name)),
      ...(await linkSettings(host, nic.name)),
    })),
  );
}

function pciAddress(host: Host, directory: string): string | undefined {
  const device = readLink(host, `${directory}/device`);
  if (device === undefined) return undefined;
  return readLink(host, `${directory}/device/subsystem`)?.endsWith("bus/pci") ? basename(device) : undefined;
}

async function linkSettings(host: Host, name: string): Promise<LinkSettings> {
  const result = await host.capture("ethtool", [name]).catch(() => undefined);
  if (result?.status === 0) return parseEthtool(result.stdout);
  const read = (file: string) => readText(host, `${classDirectory}/${name}/${file}`)?.trim() ?? "";
  return { ...parseEthtool(""), speed: read("speed"), duplex: read("duplex") };
}

interface Addresses {
  ipv4: string[];
  ipv6: string[];
}

async function addresses(host: Host, name: string): Promise<Addresses> {
  const result = await host.capture("ip", ["-j", "addr", "show", "dev", name]).catch(() => undefined);
  const listed = result?.status === 0 ? parseIpJson(result.stdout) : undefined;
  if (listed) return listed;
  const entries = networkInterfaces()[name] ?? [];
  const family = (wanted: string) => entries.filter((entry) => entry.family === wanted).map(({ address }) => address);
  return { ipv4: family("IPv4"), ipv6: family("IPv6") };
}

/** Reads what `ip -j addr` prints; undefined when it is something else, as old or reduced versions print. */
export function parseIpJson(text: string): Addresses | undefined {
  try {
    const entries = (JSON.parse(text) as { addr_info?: { family?: unknown; local?: unknown }[] }[]).flatMap(
      ({ addr_info }) => addr_info ?? [],
    );
    const family = (wanted: string) =>
      entries
        .filter((entry) => entry.family === wanted)
        .flatMap(({ local }) => (typeof local === "string" ? [local] : []));
    return { ipv4: family("inet"), ipv6: family("inet6") };
  } catch {
    return undefined;
  }
}
