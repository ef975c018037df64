import type { X509Certificate } from "node:crypto";
import { AttestationRefused } from "../errors.ts";
import { type CertificateExtension, certificateExtensions, keyPurposes, oid, pathLengthOf } from "./extensions.ts";

/** The extensions whose meaning is honoured here; another critical one makes a certificate unusable. */
const handledCritical: readonly string[] = [
  oid.subjectAltName,
  oid.keyUsage,
  oid.basicConstraints,
  oid.extendedKeyUsage,
  oid.certificatePolicies,
];

const acceptedPurposes: readonly string[] = [oid.tpmEndorsementKey, oid.anyExtendedKeyUsage, oid.serverAuth];

/** Longest name that is shown: certificates come from strangers. */
const maxNameLength = 256;

/** A subject or issuer on one line, without characters that could disturb a terminal or a log. */
export function nameOnOneLine(name: string): string {
  const line = name.trim().replaceAll("\n", ", ");
  return line.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?").slice(0, maxNameLength);
}

/** Checks what the EK certificate says of itself (TCG EK profile, registration-protocol H8). Throws AttestationRefused. */
export function checkEndorsementCertificate(certificate: X509Certificate, now: Date): void {
  const { validFrom, validTo, validFromDate } = certificate;
  if (!isValidAt(certificate, now)) {
    const state = now < validFromDate ? "not valid yet" : "expired";
    throw new AttestationRefused("EkCertificateExpired", `EK certificate is ${state}`, {
      hint: `it is valid from ${validFrom} to ${validTo}`,
    });
  }
  const extensions = wellFormed(() => certificateExtensions(certificate.raw));
  if (hasUnknownCritical(extensions)) {
    throw new AttestationRefused("EkCertificateExtension", "EK certificate has an unknown critical extension");
  }
  const usage = extensions.find((extension) => extension.oid === oid.extendedKeyUsage);
  if (usage && !wellFormed(() => keyPurposes(usage.value)).some((purpose) => acceptedPurposes.includes(purpose))) {
    throw new AttestationRefused("EkCertificateUsage", "EK certificate is not for an endorsement key");
  }
}

/**
 * Why `authority` may not have issued a certificate with `below` authorities between it and the endorsement key;
 * undefined when it may. Certificates of version 1 have no extensions: as anchors they were authorities before there
 * were any, as intermediates they prove nothing.
 */
export function authorityProblem(
  authority: X509Certificate,
  { anchor, below, now }: { anchor: boolean; below: number; now: Date },
): string | undefined {
  if (!isValidAt(authority, now)) return now < authority.validFromDate ? "is not valid yet" : "has expired";
  const decoded = constraintsOf(authority);
  if (decoded === undefined) return "is malformed";
  const { extensions, pathLength } = decoded;
  if (!authority.ca && !(anchor && extensions.length === 0)) return "is not a certificate authority";
  if (hasUnknownCritical(extensions)) return "has an unknown critical extension";
  return below > (pathLength ?? Infinity) ? "allows fewer authorities below it" : undefined;
}

export function isValidAt({ validFromDate, validToDate }: X509Certificate, now: Date): boolean {
  return validFromDate <= now && now <= validToDate;
}

function hasUnknownCritical(extensions: CertificateExtension[]): boolean {
  return extensions.some(({ oid, critical }) => critical && !handledCritical.includes(oid));
}

function wellFormed<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new AttestationRefused("EkUndecodable", "EK certificate is malformed", { cause });
  }
}

function constraintsOf({ raw }: X509Certificate) {
  try {
    const extensions = certificateExtensions(raw);
    return { extensions, pathLength: pathLengthOf(extensions) };
  } catch {
    return undefined;
  }
}
