import { createHash } from "node:crypto";
import { kubeTime, type MachineRegistration, randomTokenPattern } from "@elemental/api";

/** A static token shorter than this is guessable; resources-and-controllers 2.1. */
export const minStaticTokenLength = 16;

/** How many replaced tokens are remembered, so that machines which come with one are told what happened. */
const maxRetired = 16;

/**
 * The token a registration should have: the one its user chose, else the random one it has, else `fresh`. A stored token
 * that does not look random came from a `spec.token` that was removed. A new revision asks for another random one.
 */
export function desiredToken({ spec, status }: MachineRegistration, fresh: string): string {
  if (spec?.token) return spec.token;
  const stored = status?.registrationToken;
  const revision = spec?.tokenPolicy?.rotation?.revision;
  const rotates = revision !== undefined && revision !== status?.tokenRevision;
  return stored && randomTokenPattern.test(stored) && !rotates ? stored : fresh;
}

/** What the status says of the token in use and of those before it, for as long as the registration has a rotation. */
export function tokenStatus({ spec, status }: MachineRegistration, token: string, now: Date): TokenStatus {
  const { rotation } = spec?.tokenPolicy ?? {};
  if (rotation === undefined) return { registrationToken: token };
  const replaced = status?.registrationToken;
  const retired = (status?.retiredTokens ?? []).filter(({ hash }) => hash !== tokenHash(token));
  if (replaced && replaced !== token) {
    const validUntil = kubeTime(new Date(now.getTime() + durationMs(rotation.overlap)));
    retired.unshift({ hash: tokenHash(replaced), validUntil });
  }
  const retiredTokens = retired.slice(0, maxRetired);
  return {
    registrationToken: token,
    tokenRevision: rotation.revision,
    ...(retiredTokens.length > 0 && { retiredTokens }),
  };
}

type TokenStatus = Pick<
  NonNullable<MachineRegistration["status"]>,
  "registrationToken" | "tokenRevision" | "retiredTokens"
>;

const unitMs: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 };

/** The longest overlap: a date beyond has no text form. */
const maxDurationMs = 100 * 365 * 86_400_000;

/** A duration such as `12h30m`. */
function durationMs(text = "0s"): number {
  const parts = [...text.matchAll(/([0-9]+)([dhms])/g)];
  const sum = parts.reduce((total, [, count, unit]) => total + Number(count) * (unitMs[unit ?? ""] ?? 0), 0);
  return Math.min(sum, maxDurationMs);
}

function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
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
