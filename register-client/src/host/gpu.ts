import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import { listNames, readLink, readText } from "./files.ts";
import type { Host } from "./host.ts";

export interface GraphicsCard {
  pciAddress: string;
  driver: string;
  vendorName: string;
  productName: string;
}

export interface Graphics {
  /** Whether there is any card, described or not. */
  present: boolean;
  /** Cards that the PCI database describes. */
  cards: GraphicsCard[];
}

/** Graphics cards of the machine; without a PCI database none is described (register-client-and-media 3.7). */
export function readGraphics(host: Host): Graphics {
  const addresses = listNames(host, "/sys/class/drm")
    .filter((name) => /^card\d+$/.test(name))
    .flatMap((name) => readLink(host, `/sys/class/drm/${name}`)?.split("/").at(-3) ?? []);
  const database = addresses.length > 0 ? readPciIds(host) : undefined;
  if (database === undefined) return { present: addresses.length > 0, cards: [] };
  return { present: true, cards: addresses.flatMap((address) => describeCard(host, address, database) ?? []) };
}

function describeCard(host: Host, address: string, database: string): GraphicsCard | undefined {
  const device = `/sys/bus/pci/devices/${address}`;
  const ids = /^pci:v0000([0-9A-F]{4})d0000([0-9A-F]{4})/i.exec(readText(host, `${device}/modalias`) ?? "");
  if (!ids) return undefined;
  return {
    pciAddress: address,
    driver: basename(readLink(host, `${device}/driver`) ?? ""),
    ...findPciNames(database, (ids[1] ?? "").toLowerCase(), (ids[2] ?? "").toLowerCase()),
  };
}

/** Names of a device in the text of a `pci.ids` database; `unknown` where it has none. Ids are lower-case hex. */
export function findPciNames(
  database: string,
  vendor: string,
  product: string,
): Pick<GraphicsCard, "vendorName" | "productName"> {
  const section = new RegExp(`^${vendor}\\s+(.*)\\n((?:[\\t#].*\\n?|\\n)*)`, "im").exec(database);
  const device = new RegExp(`^\\t${product}\\s+(.*)$`, "im").exec(section?.[2] ?? "");
  return { vendorName: section?.[1]?.trim() ?? "unknown", productName: device?.[1]?.trim() ?? "unknown" };
}

/** The text of the machine's `pci.ids`, undefined where there is none. */
export function readPciIds(host: Host): string | undefined {
  const home = host.env.HOME ?? "/root";
  const files = [`${home}/.cache/pci.ids`, "/usr/share/hwdata/pci.ids", "/usr/share/misc/pci.ids"];
  for (const file of files) {
    const text = readText(host, file);
    if (text !== undefined) return text;
  }
  for (const file of files.slice(1)) {
    try {
      return gunzipSync(readFileSync(host.path(`${file}.gz`))).toString("utf8");
    } catch {
      // The next place may have a readable one.
    }
  }
  return undefined;
}
