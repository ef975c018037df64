import { X509Certificate } from "node:crypto";
import { AttestationRefused } from "../errors.ts";
import type { EndorsementKey } from "./endorsement-key.ts";
import { type CertificateExtension, certificateExtensions, keyPurposes, oid } from "./extensions.ts";

const handledCritical: readonly string[] = [
  oid.subjectAltName,
  oid.keyUsage,
  oid.basicConstraints,
  oid.extendedKeyUsage,
  oid.certificatePolicies,
];

const acceptedPurposes: readonly string[] = [oid.tpmEndorsementKey, oid.anyExtendedKeyUsage, oid.serverAuth];

/**
 * Checks the EK certificate against the certificates of a `tpm-ca` Secret (registration-protocol 2.3). Each of them is
 * an anchor, so whatever path exists has an issuer of the EK certificate among them as its end. Throws AttestationRefused.
 */
export function verifyEndorsementChain(ek: EndorsementKey, anchorsPem: string, now: Date): void {
  const anchors = parseAnchors(anchorsPem);
  if (anchors.length === 0)
    throw new AttestationRefused("TrustAnchorsMissing", "no TPM certificate authority is usable");
  const { certificate } = ek;
  if (certificate === undefined) {
    throw new AttestationRefused("EkCertificateRequired", "EK has no certificate, but this registration requires one");
  }
  checkValidity(certificate, now);
  checkExtensions(certificate);
  if (!anchors.some((anchor) => vouches(anchor, certificate, now))) {
    throw new AttestationRefused("EkCertificateUntrusted", "EK certificate is not signed by a trusted authority");
  }
}

function parseAnchors(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return [];
    }
  });
}

function vouches(anchor: X509Certificate, certificate: X509Certificate, now: Date): boolean {
  if (!isValidAt(anchor, now)) return false;
  if (anchor.raw.equals(certificate.raw)) return true;
  try {
    return mayIssue(anchor) && certificate.checkIssued(anchor) && certificate.verify(anchor.publicKey);
  } catch {
    return false;
  }
}

/** Certificates of version 1 have no extensions at all and were authorities before there were any. */
function mayIssue(anchor: X509Certificate): boolean {
  return anchor.ca || certificateExtensions(anchor.raw).length === 0;
}

function isValidAt({ validFromDate, validToDate }: X509Certificate, now: Date): boolean {
  return validFromDate <= now && now <= validToDate;
}

function checkValidity(certificate: X509Certificate, now: Date): void {
  if (isValidAt(certificate, now)) return;
  throw new AttestationRefused(
    "EkCertificateExpired",
    `EK certificate is valid from ${certificate.validFrom} to ${certificate.validTo}`,
  );
}

function checkExtensions(certificate: X509Certificate): void {
  const extensions = extensionsOf(certificate);
  const unknown = extensions.find(({ oid, critical }) => critical && !handledCritical.includes(oid));
  if (unknown !== undefined) {
    throw new AttestationRefused("EkCertificateExtension", "EK certificate has an unknown critical extension");
  }
  const usage = extensions.find((extension) => extension.oid === oid.extendedKeyUsage);
  if (usage !== undefined && !purposesOf(usage).some((purpose) => acceptedPurposes.includes(purpose))) {
    throw new AttestationRefused("EkCertificateUsage", "EK certificate is not for an endorsement key");
  }
}

function extensionsOf(certificate: X509Certificate): CertificateExtension[] {
  return wellFormed(() => certificateExtensions(certificate.raw));
}

function purposesOf({ value }: CertificateExtension): string[] {
  return wellFormed(() => keyPurposes(value));
}

function wellFormed<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new AttestationRefused("EkUndecodable", "EK certificate is malformed", { cause });
  }
}
