import { createHash } from "node:crypto";
import type { AllowedMachines } from "@elemental/api";

/** What is known of a machine that wants to register. */
export interface Applicant {
  method: "tpm" | "plain";
  /** `spec.tpmHash` or `spec.machineHash` of its inventory. */
  hash: string;
  /** Of an EK certificate that was verified, in hexadecimal. */
  certificateSerial?: string | undefined;
}

/** A list of machines, made for questions. */
interface Lists {
  hashes: ReadonlySet<string>;
  serials: ReadonlySet<string>;
  addresses: ReadonlySet<string>;
}

/** Lists have thousands of entries, and objects of a cache are the same until they change. */
const prepared = new WeakMap<AllowedMachines, Lists>();

/**
 * Whether the machine is on one of the lists. `macAddresses` are those that it reported; while they are undefined, a machine
 * that only they can tell is not refused yet.
 */
export function isAllowed(
  allowed: AllowedMachines | undefined,
  machine: Applicant,
  macAddresses: readonly string[] | undefined,
): boolean {
  if (allowed === undefined) return true;
  const { hashes, serials, addresses } = listsOf(allowed);
  if (hashes.has(`${machine.method}:${machine.hash}`)) return true;
  if (machine.certificateSerial !== undefined && serials.has(serialNumber(machine.certificateSerial))) return true;
  if (macAddresses === undefined) return addresses.size > 0;
  return macAddresses.some((address) => addresses.has(macAddress(address)));
}

function listsOf(allowed: AllowedMachines): Lists {
  const known = prepared.get(allowed);
  if (known) return known;
  const { tpmHashes = [], certificateSerials = [], macAddresses = [] } = allowed;
  const addresses = macAddresses.map(macAddress);
  const lists = {
    hashes: new Set([
      ...tpmHashes.map((hash) => `tpm:${hash}`),
      ...addresses.map((address) => `plain:${createHash("sha256").update(address).digest("hex")}`),
    ]),
    serials: new Set(certificateSerials.map(serialNumber)),
    addresses: new Set(addresses),
  };
  prepared.set(allowed, lists);
  return lists;
}

/** As kernels print it, which is how machines name themselves. */
function macAddress(text: string): string {
  return text.toLowerCase().replaceAll("-", ":");
}

function serialNumber(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(":", "")
    .replace(/^0+(?=.)/, "");
}
