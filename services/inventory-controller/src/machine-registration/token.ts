import { type MachineRegistration, randomTokenPattern } from "@elemental/api";

/** A static token shorter than this is guessable; resources-and-controllers 2.1. */
export const minStaticTokenLength = 16;

/**
 * The token a registration should have: the one its user chose, else the random one it has, else `fresh`. A stored token
 * that does not look random came from a `spec.token` that was removed.
 */
export function desiredToken({ spec, status }: MachineRegistration, fresh: string): string {
  if (spec?.token) return spec.token;
  const stored = status?.registrationToken;
  return stored && randomTokenPattern.test(stored) ? stored : fresh;
}

/**
 * The registration that keeps this one from having `token`, if any. Before it is stored, any holder does; when several
 * stored it at the same time, the oldest keeps it.
 */
export function rivalFor(
  registration: MachineRegistration,
  token: string,
  holders: readonly MachineRegistration[],
): MachineRegistration | undefined {
  const others = holders.filter((other) => other.metadata.uid !== registration.metadata.uid).toSorted(byAge);
  const [oldest] = others;
  if (oldest === undefined) return undefined;
  const holdsIt = registration.status?.registrationToken === token;
  return holdsIt && byAge(registration, oldest) < 0 ? undefined : oldest;
}

function byAge(a: MachineRegistration, b: MachineRegistration): number {
  return compare(a.metadata.creationTimestamp, b.metadata.creationTimestamp) || compare(a.metadata.uid, b.metadata.uid);
}

function compare(a = "", b = ""): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
