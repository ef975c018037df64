import { ClientError } from "../errors.ts";
import type { NetworkInterface } from "../host/network.ts";

const unfilled = /^(|unspecified|none|unknown|not .*|[0-]+|[fF-]+)$/i;

/** Whether firmware really filled in a system UUID (registration-protocol 3, H13). */
export function isFilledUuid(uuid: string): boolean {
  return !unfilled.test(uuid.trim());
}

/** The identity of `auth: sys-uuid`. Throws a ClientError `Host` when firmware did not fill it in. */
export function uuidIdentity(uuid: string): string {
  if (!isFilledUuid(uuid)) {
    throw new ClientError("Host", "SMBIOS UUID is empty: this machine cannot use auth sys-uuid");
  }
  return uuid;
}

/** The identity of `auth: mac`: the lowest permanent address of a real interface. Throws a ClientError `Host`. */
export function macIdentity(interfaces: readonly Pick<NetworkInterface, "macAddress" | "isVirtual">[]): string {
  const eligible = interfaces
    .filter(({ isVirtual, macAddress }) => !isVirtual && macAddress !== "" && macAddress !== "00:00:00:00:00:00")
    .map(({ macAddress }) => macAddress)
    .sort();
  const [lowest] = eligible;
  if (lowest === undefined) {
    throw new ClientError("Host", "no network interface has a permanent MAC address: this machine cannot use auth mac");
  }
  return lowest;
}
